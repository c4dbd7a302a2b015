import { describe, expect, it } from "vitest";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import { probeEngine } from "../../src/edge/engine/probe.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { buildPlaces } from "../../src/flow/doctor/engine-places.ts";
import { ENGINE, healthyPatient } from "./healthy.ts";

const HOST: EngineFile = { ...ENGINE, kind: "host" };

/** `USE PATH` of each place, on a machine that has only these folders. */
async function places(inputs: {
  readonly engine: EngineFile;
  readonly folders: readonly string[];
  readonly containerdStore?: boolean;
  readonly host?: string;
}): Promise<readonly string[]> {
  const { machine } = await healthyPatient();
  const { engine, folders, containerdStore = true, host = engine.registry } = inputs;
  machine.disk = (path) =>
    Promise.resolve(folders.includes(path) ? { path, device: 1, freeBytes: 1, totalBytes: 1 } : undefined);
  const probe = () =>
    probeEngine(createMemoryEngine({ info: { rootDir: "/var/lib/docker", containerdStore } }));
  return (await buildPlaces({ machine, engine, host, probe })).map(({ use, path }) => `${use} ${path}`);
}

describe("where a build writes", () => {
  it("of a private engine: its data, and the registry beside it", async () => {
    const folders = ["/state/engine/data", "/state/engine/data/registry"];
    expect(await places({ engine: ENGINE, folders })).toEqual([
      "engine /state/engine/data",
      "registry /state/engine/data/registry",
    ]);
  });

  it("of the host's Docker: containerd's folder where it keeps the images there", async () => {
    const folders = ["/var/lib/docker", "/var/lib/containerd"];
    expect(await places({ engine: HOST, folders, host: "ghcr.io" })).toEqual(["engine /var/lib/containerd"]);
    expect(await places({ engine: HOST, folders, host: "ghcr.io", containerdStore: false })).toEqual([
      "engine /var/lib/docker",
    ]);
    expect(await places({ engine: HOST, folders: ["/var/lib/docker"], host: "ghcr.io" })).toEqual([
      "engine /var/lib/docker",
    ]);
  });

  it("of a registry in a container: where the engine's data is", async () => {
    expect(await places({ engine: HOST, folders: ["/var/lib/containerd"] })).toEqual([
      "engine /var/lib/containerd",
      "registry /var/lib/containerd",
    ]);
  });

  it("of an engine elsewhere, or in a virtual machine: nothing is known", async () => {
    const remote: EngineFile = { ...HOST, dockerHost: "tcp://10.0.0.1:2375" };
    expect(await places({ engine: remote, folders: ["/var/lib/docker"], host: "ghcr.io" })).toEqual([]);
    expect(await places({ engine: HOST, folders: [] })).toEqual([]);
  });
});
