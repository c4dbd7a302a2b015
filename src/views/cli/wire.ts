import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { join, resolve } from "node:path";
import type { ProgressEvent } from "../../core/base/build-event.ts";
import { digestOf, shortDigest } from "../../core/base/digest.ts";
import { canonicalJson } from "../../core/base/json.ts";
import { formatImagePlace } from "../../core/oci/image-place.ts";
import { openEvidence } from "../../edge/ledger/evidence.ts";
import { openLedger } from "../../edge/ledger/open-ledger.ts";
import type { TornTail } from "../../edge/ledger/port.ts";
import { openSigningKey } from "../../edge/ledger/signing-key.ts";
import { createProcessRunner } from "../../edge/process/run-process.ts";
import { createDockerCredentials } from "../../edge/registry/credentials/docker-credentials.ts";
import { authoritiesFromEnvironment, SYSTEM_BUNDLES } from "../../edge/registry/http/authorities.ts";
import { createHttpRegistry, type HttpRegistry } from "../../edge/registry/http/client.ts";
import { endpointOf } from "../../edge/registry/http/endpoint.ts";
import { DEFAULT_TIMEOUTS } from "../../edge/registry/http/exchange.ts";
import { proxySettings } from "../../edge/registry/http/proxy.ts";
import { realTime } from "../../edge/registry/http/time-source.ts";
import { createTransport } from "../../edge/registry/http/transport.ts";
import type { ImageSource } from "../../edge/registry/images/port.ts";
import type { LookOptions } from "../../edge/registry/registry-look.ts";
import type { AdvisoryDatabases } from "../../edge/scanner/database/port.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import { readEngineFile } from "../../edge/tree/engine-file.ts";
import { writeFailure } from "../../edge/tree/error.ts";
import { findUp } from "../../edge/tree/find-up.ts";
import { openGitNotes } from "../../edge/tree/git-notes.ts";
import { openJournal } from "../../edge/tree/journal.ts";
import { lockTree } from "../../edge/tree/lock-tree.ts";
import { makeFolder } from "../../edge/tree/make-folder.ts";
import { openParseCache } from "../../edge/tree/parse-cache.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import { fleetState, stateFolder, treeState } from "../../edge/tree/state.ts";
import { openWorkingTree } from "../../edge/tree/working-tree.ts";
import { writeFileAtomic } from "../../edge/tree/write-file-atomic.ts";
import type { Machine } from "../../flow/doctor/machine.ts";
import type { FleetState, LookSettings, RegistrySettings, StoredPlace, World } from "../../flow/world.ts";

export interface WireOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly blueprintFile: string | undefined;
  readonly version: string;
  /** The argv prefix that starts this very program; left out, the one on PATH. */
  readonly program?: readonly [string, ...string[]];
  /** Names this very program: what another one parsed is not trusted. */
  readonly stamp: string;
  /** Names what of it reads layers, so that what is known of them outlives the rest of it; without it `stamp` does. */
  layerStamp?(): string;
  readonly drain: AbortSignal;
  readonly kill: AbortSignal;
  onEvent(event: ProgressEvent): void;
}

interface MachineOptions extends Pick<World, "env" | "runner" | "clock"> {
  readonly state: string;
}

/** The real world: every port with its real adapter, each connected when it is first needed. */
export function connectWorld(options: WireOptions): World {
  const { cwd, env } = options;
  const state = stateFolder(env, homedir());
  const runner = createProcessRunner({ ...env });
  const clock = Date.now;
  const engine = (): EngineFile | undefined => readEngineFile(state);
  const advisories = async (): Promise<AdvisoryDatabases> =>
    (await import("./wire-sources.ts")).connectAdvisories(options, { state, clock });
  return {
    program: ["lapstrake"],
    ...options,
    clock,
    cores: availableParallelism(),
    runner,
    findBlueprint: () =>
      options.blueprintFile === undefined
        ? findUp(cwd, "lapstrake.yaml")
        : resolve(cwd, options.blueprintFile),
    tree: (root) =>
      openWorkingTree({ root, runner, clock, cacheFile: join(treeState(state, root), "stat-cache") }),
    notes: (root) => openGitNotes({ runner, root }),
    parsed: (root, what) => openParsed(treeState(state, root), PARSED[what], options.stamp),
    engine,
    ...connectRegistries({
      env,
      runner,
      state,
      cwd,
      layerStamp: () => options.layerStamp?.() ?? options.stamp,
    }),
    async engineAt(dockerHost) {
      const { connectEngine } = await import("../../edge/engine/connect-engine.ts");
      return connectEngine(dockerHost, { env, home: homedir() });
    },
    async askHealth(url, call) {
      const { askHealth } = await import("../../edge/engine/ask-health.ts");
      return askHealth(url, call);
    },
    async builder(engine) {
      const { createBuildxBuilder } = await import("../../edge/builder/buildx.ts");
      return createBuildxBuilder({ engine, runner, env });
    },
    async bootstrapper(engine) {
      const { createBootstrapper } = await import("../../edge/builder/bootstrap/bootstrapper.ts");
      return createBootstrapper({ runner, mmdebstrap: engine?.mmdebstrap, scratch: join(state, "scratch") });
    },
    fleetState: (fleet, place) => openFleetState(fleetState(state, fleet, place), options.onEvent),
    machine: () => Promise.resolve(connectMachine({ env, state, runner, clock })),
    ...connectPackages({ runner, state, clock }),
    advisories,
    vulnerabilitySources: async (ask) => {
      const { connectSources } = await import("./wire-sources.ts");
      return connectSources(ask, { runner, state, clock, env, engine, advisories });
    },
    trustBundle: () => trustBundle(env),
    writeFile: (path, text) => writeFileAtomic(path, text),
  };
}

/** What reads and answers questions about packages. */
function connectPackages({
  runner,
  state,
  clock,
}: Pick<World, "runner" | "clock"> & { readonly state: string }): Pick<
  World,
  "pythonGrammar" | "contentsIndex" | "packageIndex"
> {
  return {
    async pythonGrammar() {
      const { openPythonGrammar } = await import("../../edge/grammar/tree-sitter-python.ts");
      return openPythonGrammar();
    },
    contentsIndex: () => ({
      async suppliersOf(names, release, asked) {
        const { createContentsIndex } = await import("../../edge/packages/contents-index.ts");
        const { hostRelease, NO_HOST } = await import("./wire-sources.ts");
        const host = await hostRelease();
        if (host === undefined) return { state: "unknown", why: NO_HOST };
        const folder = join(state, "contents");
        return createContentsIndex({ runner, folder, clock, host }).suppliersOf(names, release, asked);
      },
    }),
    packageIndex: () => ({
      async ask(pins, asked) {
        const { createHostIndex } = await import("../../edge/packages/host-index.ts");
        return createHostIndex(runner).ask(pins, asked);
      },
    }),
  };
}

type Surroundings = Pick<World, "env" | "runner">;

function openParsed(
  folder: string,
  { file, unused }: { readonly file: string; readonly unused: number },
  stamp: string,
): ParseCache {
  return openParseCache(join(folder, file), stamp, unused);
}

const PARSED = {
  fleet: { file: "parsed.json", unused: 0 },
  plan: { file: "parsed-plan.json", unused: 0 },
  // An audit or a scan of one image leaves what is known of the others.
  audits: { file: "audits.json", unused: 200 },
  scan: { file: "scanned.json", unused: 200 },
} as const;

type Registries = Pick<
  World,
  "registry" | "registryLook" | "registryScan" | "layerReader" | "freshLayerReader" | "layout" | "imageSource"
>;

interface RegistriesOptions extends Surroundings, Pick<WireOptions, "cwd"> {
  layerStamp(): string;
  readonly state: string;
}

function connectRegistries({ env, runner, state, cwd, layerStamp }: RegistriesOptions): Registries {
  return {
    registry: (settings) => connectRegistry(settings, { env, runner }),
    async registryLook(settings, onRefused) {
      const { inventoryLook } = await import("../../edge/registry/registry-look.ts");
      return inventoryLook(await connectLook(settings, { env, runner, state }), onRefused);
    },
    async registryScan(settings) {
      const { completeLook } = await import("../../edge/registry/registry-look.ts");
      return completeLook(await connectLook(settings, { env, runner, state }));
    },
    async layerReader() {
      const [{ createLayerReader }, { openLayerCache }] = await Promise.all([
        import("../../edge/registry/layers/layer-reader.ts"),
        import("../../edge/registry/layers/layer-cache.ts"),
      ]);
      return createLayerReader(openLayerCache(join(state, "layers"), layerStamp()));
    },
    async freshLayerReader() {
      const [{ createLayerReader }, { createMemoryLayerCache }] = await Promise.all([
        import("../../edge/registry/layers/layer-reader.ts"),
        import("../../edge/registry/layers/layer-cache.ts"),
      ]);
      return createLayerReader(createMemoryLayerCache());
    },
    imageSource: (place, settings) => connectImage(place, settings, { env, runner, state, cwd }),
    async layout(folder) {
      const { createLayoutRegistry } = await import("../../edge/registry/layout.ts");
      return createLayoutRegistry(resolve(cwd, folder));
    },
  };
}

async function connectImage(
  place: StoredPlace,
  settings: RegistrySettings,
  { env, runner, state, cwd }: Surroundings & { readonly state: string; readonly cwd: string },
): Promise<ImageSource> {
  const name = formatImagePlace(place);
  switch (place.kind) {
    case "registry": {
      const { createRegistryImage } = await import("../../edge/registry/images/registry-image.ts");
      return createRegistryImage(connectRegistry(settings, { env, runner }), place.ref);
    }
    case "oci": {
      const { createLayoutImage } = await import("../../edge/registry/images/stored-image.ts");
      return createLayoutImage({ name, folder: resolve(cwd, place.folder), image: place.digest });
    }
    case "docker-archive": {
      const { createArchiveImage } = await import("../../edge/registry/images/archive-image.ts");
      return createArchiveImage({ name, file: resolve(cwd, place.file), image: place.name });
    }
    case "dir": {
      const { createFolderImage } = await import("../../edge/registry/images/folder-image.ts");
      return createFolderImage(resolve(cwd, place.folder), name);
    }
    case "engine":
      return connectEngineImage(place.name, name, { env, state });
  }
}

/** DOCKER_HOST's engine, or the one that was set up here, or where Docker listens unless told otherwise. */
async function connectEngineImage(
  image: string,
  name: string,
  { env, state }: Pick<Surroundings, "env"> & { readonly state: string },
): Promise<ImageSource> {
  const [{ connectEngine }, { createStreamedImage }] = await Promise.all([
    import("../../edge/engine/connect-engine.ts"),
    import("../../edge/registry/images/streamed-image.ts"),
  ]);
  const host = env["DOCKER_HOST"] ?? readEngineFile(state)?.dockerHost ?? "unix:///var/run/docker.sock";
  const engine = await connectEngine(host, { env, home: homedir() });
  return createStreamedImage({
    name,
    open: (options) => engine.exportImage(image, options),
    diffIds: (options) => engine.listDiffIds(image, options),
  });
}

function connectRegistry(settings: RegistrySettings, { env, runner }: Surroundings) {
  return createHttpRegistry({
    ...settings,
    proxy: proxySettings(env),
    credentials: createDockerCredentials({ env, home: homedir(), runner }),
    authorities: () => authoritiesFromEnvironment(env),
  });
}

async function connectLook(
  { packageApis, ...settings }: LookSettings,
  { env, runner, state }: Surroundings & { readonly state: string },
): Promise<LookOptions<HttpRegistry>> {
  const [{ openDigestCache }, { openPageCache }, { createPackageHosts }] = await Promise.all([
    import("../../edge/registry/digest-cache-folder.ts"),
    import("../../edge/registry/github/page-cache-folder.ts"),
    import("../../edge/registry/github/package-hosts.ts"),
  ]);
  return {
    registry: connectRegistry(settings, { env, runner }),
    cache: await openDigestCache(join(state, "digests")),
    packages: createPackageHosts({
      apis: packageApis,
      transport: createTransport({
        proxy: proxySettings(env),
        authorities: () => authoritiesFromEnvironment(env),
        timeouts: DEFAULT_TIMEOUTS,
      }),
      credentials: createDockerCredentials({ env, home: homedir(), runner }),
      cache: openPageCache(join(state, "pages")),
      time: realTime,
    }),
  };
}

// Doctor looks: a registry that is silent for so long has answered.
const LOOK_TIMEOUTS = { connectMs: 5000, headersMs: 8000, idleMs: 8000 };
const LOOK_RETRY = { tries: 2, firstWaitMs: 200, totalWaitMs: 1000 };

/** Adapters that only a check-up needs, each loaded when it is asked. */
function connectMachine({ env, state, runner, clock }: MachineOptions): Machine {
  const credentials = createDockerCredentials({ env, home: homedir(), runner });
  const outward = {
    proxy: proxySettings(env),
    authorities: () => authoritiesFromEnvironment(env),
    timeouts: LOOK_TIMEOUTS,
  };
  const engineData = join(state, "engine", "data");
  return {
    // The program is one folder deep as a bundle and three as source.
    engineScript: findUp(import.meta.dirname, join("scripts", "engine")) ?? "scripts/engine",
    engineFile: join(state, "engine.json"),
    folders: { engine: engineData, registry: join(engineData, "registry") },
    registry: (settings) => createHttpRegistry({ ...settings, ...outward, credentials, retry: LOOK_RETRY }),
    async probeEngine(engine, signal) {
      const [{ createDockerEngine }, { probeEngine }] = await Promise.all([
        import("../../edge/engine/docker-engine.ts"),
        import("../../edge/engine/probe.ts"),
      ]);
      return probeEngine(createDockerEngine(engine), { signal });
    },
    async probeBuilder(engine, signal) {
      const { probeBuilder } = await import("../../edge/builder/probe.ts");
      return probeBuilder({ engine, runner, registry: engine.registry, signal });
    },
    disk: async (path) => (await import("../../edge/tree/disk.ts")).readDiskSpace(path),
    login: (host, signal) => credentials.describe(host, signal),
    async serverTime(host, insecure, signal) {
      const { readServerTime } = await import("../../edge/registry/http/server-time.ts");
      const endpoint = endpointOf(host, { insecure });
      return readServerTime({ transport: createTransport(outward), endpoint, clock, signal });
    },
    async tokenScopes(token, signal) {
      const { readTokenScopes } = await import("../../edge/registry/github/token-scopes.ts");
      return readTokenScopes({ transport: createTransport(outward), token, signal });
    },
  };
}

async function openFleetState(folder: string, onEvent: World["onEvent"]): Promise<FleetState> {
  makeFolder(folder);
  return {
    folder,
    ledger: openLedger(join(folder, "ledger.jsonl"), {
      clock: Date.now,
      exclusive: (work) => aloneInLedger(folder, work),
      onMended: (torn) => onEvent({ type: "note", level: "warning", message: mendedText(torn) }),
    }),
    key: openSigningKey(join(folder, "ledger.key")),
    journal: openJournal(join(folder, "journal.json")),
    evidence: openEvidence(join(folder, "evidence"), writeFileAtomic),
    scratch: () => scratchFolder(join(folder, "staged")),
    pipelineFolder: () => pipelineFolder(join(folder, "pipelines")),
    folderOf: (files) => materialise(join(folder, "contexts"), files),
    async lock(options) {
      const lock = await lockTree(folder, options);
      // What a killed run left behind: nobody else can be at work now.
      await rm(join(folder, "staged"), { recursive: true, force: true });
      return lock;
    },
  };
}

/** Runs of one fleet append at the same time: a build here, a phase there. An append takes milliseconds. */
const LEDGER_LOCK = { command: "an append to the ledger", wait: 30_000, poll: 5 };

async function aloneInLedger<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const lock = await lockTree(join(folder, "ledger.lock"), LEDGER_LOCK);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function mendedText({ bytes, movedTo }: TornTail): string {
  return `the ledger ended with ${bytes} bytes of an entry that was never announced (a crash, or a full disk); they are in ${movedTo ?? "it"}`;
}

async function materialise(parent: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(parent, shortDigest(digestOf(canonicalJson(files)), 16));
  makeFolder(folder);
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text, { mode: 0o644 });
      // Older than any epoch, and the same on every machine: BuildKit only sets back what is newer.
      await utimes(join(folder, name), 0, 0);
    }
  } catch (thrown) {
    throw writeFailure(folder, thrown);
  }
  return folder;
}

/** Runs of pipelines whose files stay. */
const PIPELINES_KEPT = 5;

async function pipelineFolder(parent: string): Promise<string> {
  makeFolder(parent);
  try {
    // Their names begin with the time, so that the oldest stand first.
    const before = (await readdir(parent)).toSorted();
    for (const name of before.slice(0, 1 - PIPELINES_KEPT))
      await rm(join(parent, name), { recursive: true, force: true });
    return await mkdtemp(join(parent, `${new Date().toISOString().replaceAll(/[:.]/g, "-")}-`));
  } catch (thrown) {
    throw writeFailure(parent, thrown);
  }
}

async function scratchFolder(parent: string): ReturnType<FleetState["scratch"]> {
  makeFolder(parent);
  const path = await mkdtemp(join(parent, "build-")).catch((thrown: unknown) => {
    throw writeFailure(parent, thrown);
  });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A variable of the usual clients comes before the system's places. */
function trustBundle(env: WireOptions["env"]): string | undefined {
  return [env["SSL_CERT_FILE"], ...SYSTEM_BUNDLES].find(
    (path) => path !== undefined && path !== "" && existsSync(path),
  );
}
