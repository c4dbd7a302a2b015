import type { ProgressEvent } from "../core/base/build-event.ts";
import type { Clock } from "../core/base/clock.ts";
import type { VulnerabilityPolicy } from "../core/blueprint/gate-policy.ts";
import type { ImagePlace } from "../core/oci/image-place.ts";
import type { Bootstrapper } from "../edge/builder/bootstrap/port.ts";
import type { Builder } from "../edge/builder/port.ts";
import type { AskHealth, Engine } from "../edge/engine/port.ts";
import type { PythonGrammar } from "../edge/grammar/port.ts";
import type { Evidence } from "../edge/ledger/evidence.ts";
import type { Ledger } from "../edge/ledger/port.ts";
import type { SigningKey } from "../edge/ledger/signing-key.ts";
import type { ContentsIndex } from "../edge/packages/contents-port.ts";
import type { PackageIndex } from "../edge/packages/port.ts";
import type { ProcessRunner } from "../edge/process/port.ts";
import type { RegistryError } from "../edge/registry/error.ts";
import type { ImageSource } from "../edge/registry/images/port.ts";
import type { LayerReader } from "../edge/registry/layers/port.ts";
import type { Registry } from "../edge/registry/port.ts";
import type { RegistryLook } from "../edge/registry/registry-look.ts";
import type { AdvisoryDatabases } from "../edge/scanner/database/port.ts";
import type { VulnerabilitySource } from "../edge/scanner/port.ts";
import type { EngineFile } from "../edge/tree/engine-file.ts";
import type { GitNotes } from "../edge/tree/git-notes.ts";
import type { Journal, LockOptions, ParseCache, TreeLock, WorkingTree } from "../edge/tree/port.ts";
import type { Machine } from "./doctor/machine.ts";

/** How a registry is spoken to, from the blueprint. */
export interface RegistrySettings {
  readonly insecure: readonly string[];
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
}

export interface LookSettings extends RegistrySettings {
  /** Registry host to the URL of the REST API that lists its packages; ghcr.io's is known. */
  readonly packageApis: Readonly<Record<string, string>>;
}

/** Which sources of vulnerabilities are asked, and how. */
export interface SourcesAsk {
  readonly policy: VulnerabilityPolicy;
  /** Of the fleet: where files lie that the policy names. */
  readonly folder: string;
  /** YYYY-MM-DD: the day of judgement. */
  readonly asOf: string;
  readonly settings: RegistrySettings;
}

/** A place that says where the bytes are; a name of the fleet is looked up first. */
export type StoredPlace = Exclude<ImagePlace, { readonly kind: "fleet" }>;

/** What a fleet leaves behind on this machine, shared by all work trees of it. */
export interface FleetState {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly evidence: Evidence;
  /** Signs checkpoints of the ledger, and what this machine witnesses of others. */
  readonly key: SigningKey;
  /** A new empty folder, for whoever asks to fill and to remove. */
  scratch(): Promise<{ readonly path: string; remove(): Promise<void> }>;
  /** A new empty folder for what the run of a pipeline writes; those of the last runs stay. */
  pipelineFolder(): Promise<string>;
  /** Writes a folder with these files for a build and gives its path; the same content gives the same folder. */
  folderOf(files: Readonly<Record<string, string>>): Promise<string>;
  lock(options: LockOptions): Promise<TreeLock>;
}

/**
 * All effects that a use case may have, each behind a port, made only when it is asked for: a command that needs no
 * engine never looks for one.
 */
export interface World {
  /** Of Lapstrake: evidence says what found it. */
  readonly version: string;
  /** The argv prefix that starts this very program. */
  readonly program: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly cores: number;
  /** `--blueprint`, as given. */
  readonly blueprintFile: string | undefined;
  readonly runner: ProcessRunner;
  /** First Ctrl-C: start nothing new. */
  readonly drain: AbortSignal;
  /** Second Ctrl-C: end what runs. */
  readonly kill: AbortSignal;
  onEvent(event: ProgressEvent): void;
  findBlueprint(): string | undefined;
  tree(root: string): WorkingTree;
  /** The notes of the repository that this tree is in. */
  notes(root: string): GitNotes;
  /**
   * What the texts of this tree were parsed to before, or its images were found to hold; an empty one is always right. A cache
   * keeps little more than what its last run used, so what only some commands read has a cache of its own.
   */
  parsed(root: string, what: "fleet" | "plan" | "audits" | "scan"): ParseCache;
  engine(): EngineFile | undefined;
  registry(settings: RegistrySettings): Registry;
  /** An OCI image layout folder; relative to `cwd`. */
  layout(folder: string): Promise<Registry>;
  /**
   * The registry for one look at it: what was read before comes from a cache on this machine, and a host that lists its
   * packages is read by that list. Where the list refuses, `onRefused` is told of it, and the registry is asked.
   */
  registryLook(
    settings: LookSettings,
    onRefused: (place: string, error: RegistryError) => void,
  ): Promise<RegistryLook>;
  /** The same for a clean-up: the cache proves nothing, and a list that refuses is an error. */
  registryScan(settings: LookSettings): Promise<RegistryLook>;
  /** What is in layers; what was learnt before comes from a cache on this machine. */
  layerReader(): Promise<LayerReader>;
  /** The same without any memory: whatever it is given, it reads. */
  freshLayerReader(): Promise<LayerReader>;
  /** The sources of known vulnerabilities that a policy names. */
  vulnerabilitySources(ask: SourcesAsk): Promise<readonly VulnerabilitySource[]>;
  /** An image outside of the fleet's names, by where it lies. Files and folders are relative to `cwd`. */
  imageSource(place: StoredPlace, settings: RegistrySettings): Promise<ImageSource>;
  /** Reads Python's source; loading it takes thirty milliseconds, so only who reads sources asks for it. */
  pythonGrammar(): Promise<PythonGrammar>;
  /** An engine by its DOCKER_HOST (`unix://`, `tcp://`, `ssh://`) or `context:NAME`. Throws EngineError ENGINE_ADDRESS. */
  engineAt(dockerHost: string): Promise<Engine>;
  /** Asks a service how it is, directly: no proxy, no redirect. */
  askHealth: AskHealth;
  builder(engine: EngineFile): Promise<Builder>;
  bootstrapper(engine: EngineFile | undefined): Promise<Bootstrapper>;
  fleetState(fleet: string, place: string): Promise<FleetState>;
  /** What a check-up of the machine looks at: `doctor`, and a build before it starts. */
  machine(): Promise<Machine>;
  /** The package index that this host's Python client is configured for. */
  packageIndex(): PackageIndex;
  /** Which packages of a release bring a file, by way of this host's apt. */
  contentsIndex(): ContentsIndex;
  /** Databases of advisories, and sources of vulnerabilities that stand on them; shared by all fleets of this machine. */
  advisories(): Promise<AdvisoryDatabases>;
  /** The host's bundle of trusted certificate authorities, or undefined where none is found. */
  trustBundle(): string | undefined;
  writeFile(path: string, text: string): Promise<void>;
}
