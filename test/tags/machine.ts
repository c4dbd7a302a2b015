import { createHttpRegistry } from "../../src/edge/registry/http/client.ts";
import type { Registry } from "../../src/edge/registry/port.ts";
import { type MemoryRegistryServer, startMemoryRegistry } from "../kit/memory-registry.ts";
import type { StoreOptions } from "../kit/memory-registry-store.ts";
import { buildAndPush } from "../kit/pushing-builder.ts";
import { routed } from "../kit/routed-registry.ts";
import { filesAt, HOST, type sampleFiles } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { fakeTime } from "../registry/kit.ts";

const CHANNELS = "channels: [canary, stable]\n";

/** The sample fleet's files with two channels, for a registry at `host`. */
export function filesFor(host: string = HOST): ReturnType<typeof sampleFiles> {
  const files = filesAt(host);
  edit(files, "roots:", `${CHANNELS}roots:`);
  return files;
}

/** Changes the blueprint's text. */
export function edit(files: ReturnType<typeof sampleFiles>, from: string, to: string): void {
  const text = files["lapstrake.yaml"];
  if (typeof text !== "string" || !text.includes(from)) throw new Error(`the blueprint has no ${from}`);
  files["lapstrake.yaml"] = text.replace(from, to);
}

export interface HttpMachine {
  readonly machine: TestMachine;
  readonly server: MemoryRegistryServer;
  /** The real client, and for the host of the roots a registry in memory. */
  readonly registry: Registry;
}

/** A machine whose fleet lies in a registry that is spoken to over real HTTP. */
export async function httpMachine(options: StoreOptions = {}): Promise<HttpMachine> {
  const server = await startMemoryRegistry(options);
  const machine = await createTestMachine({ files: filesFor(server.host) });
  const http = createHttpRegistry({ time: fakeTime() });
  const isPicked = (host: string): boolean => host.startsWith("127.0.0.1:");
  const registry = routed(isPicked, { picked: http, rest: machine.registry });
  machine.faults = registry;
  machine.build = (request) => buildAndPush(registry, request);
  return { machine, server, registry };
}

/** Signals of a program that was started anew. */
export function restart(machine: TestMachine): void {
  machine.drain = new AbortController();
  machine.kill = new AbortController();
}

/** Releases another commit, with another content of `web`. */
export function change(machine: TestMachine, word: string): void {
  machine.files["web/app/main.py"] = `print('${word}')\n`;
  machine.commit(word);
}
