import type { ProgressEvent } from "../../src/core/base/build-event.ts";
import { createMemoryBuilder, type MemoryBuilder } from "../../src/edge/builder/memory.ts";
import type { BuildRequest, BuildResult } from "../../src/edge/builder/port.ts";
import { EngineError } from "../../src/edge/engine/error.ts";
import type { Engine, HealthAnswer } from "../../src/edge/engine/port.ts";
import { openPythonGrammar } from "../../src/edge/grammar/tree-sitter-python.ts";
import { createMemoryEvidence } from "../../src/edge/ledger/evidence.ts";
import { createMemoryLedger } from "../../src/edge/ledger/memory-ledger.ts";
import { createMemoryKey } from "../../src/edge/ledger/signing-key.ts";
import type { PackageIndex } from "../../src/edge/packages/port.ts";
import { createMemoryDigestCache, type DigestCache } from "../../src/edge/registry/digest-cache.ts";
import type { PackageHosts } from "../../src/edge/registry/github/package-hosts.ts";
import { createRegistryImage } from "../../src/edge/registry/images/registry-image.ts";
import { createMemoryLayerCache, type LayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { createMemoryRegistry, type MemoryRegistry } from "../../src/edge/registry/memory.ts";
import type { Registry } from "../../src/edge/registry/port.ts";
import type { ReferrerListing } from "../../src/edge/registry/powers.ts";
import { completeLook, inventoryLook } from "../../src/edge/registry/registry-look.ts";
import type { VulnerabilitySource } from "../../src/edge/scanner/port.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { createMemoryJournal } from "../../src/edge/tree/journal.ts";
import { LockError } from "../../src/edge/tree/lock-tree.ts";
import { createMemoryTree, type MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import type { GitFacts, LastCommit, LockHolder, LockOptions, TreeLock } from "../../src/edge/tree/port.ts";
import { FlowError } from "../../src/flow/error.ts";
import type { FleetState, World } from "../../src/flow/world.ts";
import { pushRoot } from "./memory-image.ts";
import { buildAndPush } from "./pushing-builder.ts";
import { commitNamed, sampleFiles } from "./sample-fleet.ts";
import { createScriptedRunner } from "./scripted-runner.ts";

/** One machine with a work tree of the fleet. Everything that a test may want to change is a member. */
export interface TestMachine {
  readonly files: Record<string, MemoryFile>;
  git: GitFacts;
  readonly commits: Map<string, LastCommit>;
  readonly env: Record<string, string | undefined>;
  /** Milliseconds. */
  now: number;
  /** Replaces the builder's work; left out, it pushes. */
  build: ((request: BuildRequest, push: () => Promise<BuildResult>) => Promise<BuildResult>) | undefined;
  /** Laid over the registry: a member here is called in the place of the registry's own. */
  faults: Partial<Registry & ReferrerListing>;
  readonly registry: MemoryRegistry;
  readonly builder: MemoryBuilder;
  readonly state: FleetState;
  readonly events: ProgressEvent[];
  /** By DOCKER_HOST; others do not answer. The one of `engine.json` is `LOCAL_ENGINE`. */
  readonly engines: Map<string, Engine>;
  readonly cache: DigestCache;
  /** Hosts that list their packages by an API of their own; none at first. */
  packages: PackageHosts;
  packageIndex: PackageIndex;
  readonly layerCache: LayerCache;
  /** Of vulnerabilities. */
  sources: readonly VulnerabilitySource[];
  /** What answers at a port of this machine. */
  http: (url: string) => HealthAnswer | undefined;
  /** Of the next world. */
  drain: AbortController;
  kill: AbortController;
  /** As if the program was started anew on this machine. */
  world(): World;
  /** Names of the images that were built since the last call, in the order of their start. */
  takeBuilt(): string[];
  /** Calls of the registry since the last call: "HEAD host/repository:tag". */
  takeCalls(): string[];
  commit(word: string): void;
}

export interface MachineOptions {
  /** Share it to have two machines of one fleet. */
  readonly registry?: MemoryRegistry;
  readonly files?: Record<string, MemoryFile>;
}

/** 2026-03-04T05:06:07Z. */
export const NOON = Date.UTC(2026, 2, 4, 5, 6, 7);

/** A machine with memory adapters; its roots stand in their registry. */
export async function createTestMachine(options: MachineOptions = {}): Promise<TestMachine> {
  const registry = options.registry ?? createMemoryRegistry();
  await pushRoot(registry, "debian");
  const state = createState(() => machine.now);
  let seen = registry.calls.length;
  let built = 0;
  const builder = createMemoryBuilder((request) => {
    const push = (): Promise<BuildResult> => buildAndPush(registry, request);
    return machine.build === undefined ? push() : machine.build(request, push);
  });
  const machine: TestMachine = {
    files: options.files ?? sampleFiles(),
    git: gitAt("one"),
    commits: new Map(),
    env: {},
    now: NOON,
    build: undefined,
    faults: {},
    registry,
    builder,
    state,
    events: [],
    engines: new Map(),
    cache: createMemoryDigestCache(),
    packages: () => undefined,
    layerCache: createMemoryLayerCache(),
    sources: [],
    http: () => undefined,
    packageIndex: { ask: async () => ({ state: "not-asked", why: "this machine has no Python client" }) },
    drain: new AbortController(),
    kill: new AbortController(),
    world: () => worldOf(machine),
    takeBuilt: () => {
      const names = builder.requests.slice(built).map(({ image }) => image);
      built = builder.requests.length;
      return names;
    },
    takeCalls: () => {
      const calls = registry.calls.slice(seen);
      seen = registry.calls.length;
      return calls;
    },
    commit: (word) => {
      machine.git = gitAt(word);
    },
  };
  return machine;
}

export function gitAt(word: string, dirty: readonly string[] = []): GitFacts & { kind: "git" } {
  const head = commitNamed(word);
  return {
    kind: "git",
    head,
    short: head.slice(0, 7),
    prefix: "",
    commitTime: 1_700_000_000,
    dirty,
    ignored: [],
    remoteUrl: undefined,
  };
}

/** The DOCKER_HOST of the machine's own engine. */
export const LOCAL_ENGINE = "unix:///nowhere.sock";

const ENGINE: EngineFile = {
  version: 1,
  kind: "private",
  dockerHost: LOCAL_ENGINE,
  docker: ["docker"],
  buildx: ["buildx"],
  buildxConfig: "/nowhere",
  registry: "127.0.0.1:1",
  capabilities: { containerdStore: true, directPush: true, call: true, rawjson: true },
};

function worldOf(machine: TestMachine): World {
  const root = "/tree";
  return {
    version: "1.2.3",
    program: ["lapstrake"],
    cwd: root,
    env: machine.env,
    clock: () => machine.now,
    cores: 2,
    blueprintFile: undefined,
    runner: createScriptedRunner([]),
    drain: machine.drain.signal,
    kill: machine.kill.signal,
    onEvent: (event) => void machine.events.push(event),
    findBlueprint: () => ("lapstrake.yaml" in machine.files ? `${root}/lapstrake.yaml` : undefined),
    tree: () => createMemoryTree({ root, files: machine.files, git: machine.git, commits: machine.commits }),
    notes: () => ({
      read: async () => [],
      append: () => Promise.reject(new FlowError("NO_GIT", "this machine has no git")),
    }),
    parsed: () => ({ get: () => undefined, set: () => {}, save: async () => {} }),
    engine: () => ENGINE,
    registry: () => ({ ...machine.registry, ...machine.faults }),
    registryLook: async (_settings, onRefused) => inventoryLook(lookOf(machine), onRefused),
    registryScan: async () => completeLook(lookOf(machine)),
    engineAt: async (dockerHost) => {
      const engine = machine.engines.get(dockerHost);
      if (engine === undefined)
        throw new EngineError("ENGINE_UNREACHABLE", `nobody answers at ${dockerHost}`);
      return engine;
    },
    askHealth: async (url) => {
      const answer = machine.http(url);
      if (answer === undefined) throw new EngineError("ENGINE_UNREACHABLE", `nobody answers at ${url}`);
      return answer;
    },
    layerReader: async () => createLayerReader(machine.layerCache),
    freshLayerReader: async () => createLayerReader(createMemoryLayerCache()),
    vulnerabilitySources: async () => machine.sources,
    imageSource: async (place) => {
      if (place.kind !== "registry")
        throw new FlowError("NO_ENGINE", "this machine has images in its registry alone");
      return createRegistryImage({ ...machine.registry, ...machine.faults }, place.ref);
    },
    layout: async () => machine.registry,
    builder: async () => machine.builder,
    bootstrapper: () => Promise.reject(new FlowError("NO_ENGINE", "this machine makes no roots")),
    fleetState: async () => machine.state,
    machine: () => Promise.reject(new FlowError("NO_ENGINE", "nothing is known of this machine")),
    contentsIndex: () => ({
      suppliersOf: async () => ({ state: "unknown", why: "this machine has no archive" }),
    }),
    pythonGrammar: () => openPythonGrammar(),
    packageIndex: () => machine.packageIndex,
    advisories: () => Promise.reject(new FlowError("NO_ADVISORIES", "this machine keeps no advisories")),
    trustBundle: () => undefined,
    writeFile: async (path, text) => {
      machine.files[path.slice(root.length + 1)] = text;
    },
  };
}

function lookOf({ registry, faults, cache, packages }: TestMachine) {
  return { registry: { ...registry, ...faults }, cache, packages };
}

function createState(clock: () => number): FleetState {
  const held: { by?: LockHolder } = {};
  return {
    folder: "/state",
    ledger: createMemoryLedger(clock),
    journal: createMemoryJournal(),
    evidence: createMemoryEvidence(),
    key: createMemoryKey(),
    scratch: async () => ({ path: "/scratch", remove: async () => {} }),
    pipelineFolder: async () => "/pipelines/1",
    folderOf: async (files) => `/contexts/${Object.keys(files).join("+")}`,
    async lock({ command, wait = 0, signal, onWait }: LockOptions): Promise<TreeLock> {
      const until = performance.now() + wait;
      let told = false;
      while (held.by !== undefined) {
        signal?.throwIfAborted();
        if (performance.now() >= until) throw new LockError("LOCK_HELD", `held by ${held.by.command}`);
        if (!told) onWait?.(held.by);
        told = true;
        await new Promise((done) => setTimeout(done, 2));
      }
      const mine = { pid: 1, host: "here", command, since: new Date(clock()).toISOString() };
      held.by = mine;
      return {
        holder: mine,
        release: async () => {
          delete held.by;
        },
      };
    },
  };
}
