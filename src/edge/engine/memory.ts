import type { Engine, EngineContainer, EngineImage, EngineInfo } from "./port.ts";

export interface MemoryEngineContent {
  readonly info?: Partial<EngineInfo>;
  readonly containers?: readonly EngineContainer[];
  readonly images?: readonly EngineImage[];
}

/** An engine that is a value, for tests of what reads engines. */
export function createMemoryEngine(content: MemoryEngineContent = {}): Engine {
  const info: EngineInfo = {
    name: "memory",
    serverVersion: "0",
    operatingSystem: "linux",
    architecture: "x86_64",
    storageDriver: "overlayfs",
    containerdStore: true,
    rootDir: "/",
    cpus: 2,
    memoryBytes: 2 ** 32,
    ...content.info,
  };
  return {
    ping: () => Promise.resolve("1.48"),
    version: () =>
      Promise.resolve({
        version: info.serverVersion,
        apiVersion: "1.48",
        os: "linux",
        architecture: "amd64",
      }),
    info: () => Promise.resolve(info),
    listContainers: ({ all = false, labels = [] } = {}) =>
      Promise.resolve(
        (content.containers ?? [])
          .filter((container) => all || container.state === "running")
          .filter((container) => labels.every((label) => hasLabel(container, label))),
      ),
    listImages: () => Promise.resolve(content.images ?? []),
  };
}

function hasLabel(container: EngineContainer, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals < 0) return Object.hasOwn(container.labels, wanted);
  return container.labels[wanted.slice(0, equals)] === wanted.slice(equals + 1);
}
