import type { BuilderCapability } from "../../src/edge/builder/probe.ts";
import { createMemoryEngine } from "../../src/edge/engine/memory.ts";
import { probeEngine } from "../../src/edge/engine/probe.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import type { Machine } from "../../src/flow/doctor/machine.ts";
import type { World } from "../../src/flow/world.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";

export const STATE = "/state";
export const ENGINE: EngineFile = {
  version: 1,
  kind: "private",
  dockerHost: "unix:///state/docker.sock",
  docker: ["docker"],
  buildx: ["buildx"],
  buildxConfig: "/state/buildx",
  registry: "127.0.0.1:5000",
  capabilities: { containerdStore: true, directPush: true, call: true, rawjson: true },
};

export interface Patient {
  readonly test: TestMachine;
  /** What the check-up sees; change a member to make something ill. */
  world: World;
  machine: Machine;
}

/** The sample fleet on a machine where nothing is wrong: every check is ok. */
export async function healthyPatient(): Promise<Patient> {
  const test = await createTestMachine();
  test.env["GH_USERNAME"] = "somebody";
  test.files["/etc/certs.pem"] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const patient: Patient = {
    test,
    machine: {
      engineScript: "/opt/lapstrake/scripts/engine",
      engineFile: `${STATE}/engine.json`,
      folders: { engine: `${STATE}/engine/data`, registry: `${STATE}/engine/data/registry` },
      registry: () => ({ ...test.registry, ...test.faults }),
      probeEngine: () => probeEngine(createMemoryEngine()),
      probeBuilder: () => Promise.resolve(CAPABLE),
      disk: (path) => Promise.resolve({ path, device: 1, freeBytes: 100e9, totalBytes: 200e9 }),
      login: (host) => Promise.resolve({ host, source: "auths of config", user: "me", problem: undefined }),
      serverTime: (host) => Promise.resolve({ host, ours: test.now, theirs: test.now - 800 }),
      tokenScopes: () => Promise.resolve({ kind: "classic", user: "me", scopes: ["write:packages"] }),
    },
    world: {
      ...test.world(),
      engine: () => ENGINE,
      trustBundle: () => "/etc/certs.pem",
      machine: () => Promise.resolve(patient.machine),
    },
  };
  return patient;
}

export const CAPABLE: readonly BuilderCapability[] = (
  ["buildx", "call", "rawjson", "direct-push"] as const
).map((id) => ({ id, state: "ok", reason: "done" }));
