import type { SourcePosition } from "../base/error.ts";
import type { ImageRef } from "../oci/reference.ts";
import type { GatePolicy } from "./gate-policy.ts";
import type { PhasePlan } from "./phase-plan.ts";

export type Tier = "cpu" | "gpu";
export type Compression = "gzip" | "zstd";
export type CacheMode = "none" | "min" | "max";

/**
 * `lapstrake.yaml` as a value: checked, defaults applied, everything in file order. Plain data, so that
 * `JSON.parse(JSON.stringify(blueprint))` is the same blueprint. All paths are relative to the folder of the file, with
 * `/`, normalised, and never leave it ("." is the folder itself).
 */
export interface Blueprint {
  readonly file: string;
  readonly fleet: string;
  readonly registry: RegistryPlace;
  /** A tag with the placeholders {date} and {sha}; see `expandTag`. */
  readonly tag: string;
  /** Tags that may be moved, by `promote` alone. */
  readonly channels: readonly string[];
  /** Such as `linux/amd64`; at least one. */
  readonly platforms: readonly string[];
  /** UID:GID that every image runs as. */
  readonly user: string;
  readonly roots: readonly Root[];
  readonly images: readonly Image[];
  readonly services: readonly Service[];
  readonly machines: readonly Machine[];
  readonly budgets: Budgets;
  readonly build: BuildSettings;
  /** What a release is held to; without it no gate runs. */
  readonly gates?: GatePolicy;
  /** Without it, no pipeline is generated. */
  readonly ci?: CiSettings;
  /** Markdown files that people work from. */
  readonly guides: readonly string[];
  readonly decisions: readonly Decision[];
  /** The phased plan, or the path of the file that has it: only commands about phases read that. */
  readonly plan?: string | PhasePlan;
  readonly positions: Positions;
}

/** Where images live. The host `local` stands for the registry that `scripts/engine` started. */
export interface RegistryPlace {
  readonly host: string;
  readonly namespace?: string;
}

/** An external image under the hierarchy; `lapstrake.lock` pins its digest. */
export interface Root {
  readonly name: string;
  readonly image: ImageRef;
  /** Other places of the same image, in order of preference, each with the tag and digest of `image`. */
  readonly mirrors: readonly ImageRef[];
  readonly bootstrap?: Bootstrap;
  readonly at: SourcePosition;
}

/** A reproducible Debian root by mmdebstrap, used where no registry that holds the image can be reached. */
export interface Bootstrap {
  readonly suite: string;
  readonly packages: readonly string[];
  readonly variant: string;
  /** A CPython that is taken from the host because the suite has another, such as "3.10". */
  readonly python?: string;
}

/** How one Dockerfile becomes an image: what images and services that are built have in common. */
export interface Recipe {
  readonly dockerfile: string;
  readonly context: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly tier: Tier;
  readonly compression: Compression;
  readonly cache: CacheMode;
  /** How many places of the build's parallelism it takes; 1 or more. */
  readonly weight: number;
  /** By secret id. Values are read when a build needs them; they are never part of a blueprint. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** Named build contexts: name to folder. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Asserted against the Dockerfile, which alone decides. */
  readonly parent?: string;
  /** Overrides the detection of apt in the Dockerfile: whether the pinned package index is part of the identity. */
  readonly apt?: boolean;
}

export type SecretSource = { readonly env: string } | { readonly file: string };

export interface Image extends Recipe {
  readonly name: string;
  readonly at: SourcePosition;
}

export type Service = BuiltService | PlannedService;

export interface BuiltService extends Recipe {
  readonly name: string;
  readonly planned: false;
  readonly machines: readonly string[];
  readonly ports: Ports;
  readonly at: SourcePosition;
}

/** A service that has not moved onto the fleet yet: phases and port checks count it, builds don't. */
export interface PlannedService {
  readonly name: string;
  readonly planned: true;
  /** As written, whether or not an image of that name exists: the contradiction is a finding, not an error. */
  readonly family?: string;
  readonly machines: readonly string[];
  readonly ports: Ports;
  readonly note?: string;
  readonly at: SourcePosition;
}

export interface Ports {
  readonly service?: number;
  readonly health?: number;
}

export interface Machine {
  readonly name: string;
  readonly gpu?: string;
  /** CUDA compute capability, such as "8.9". */
  readonly sm?: string;
  /** Address of its Docker engine, such as `ssh://user@host`. */
  readonly engine?: string;
  readonly profile: Readonly<Record<string, string | number | boolean>>;
  readonly at: SourcePosition;
}

/** Sizes in bytes that an image of a tier may not exceed. */
export interface Budgets {
  readonly cpu: Budget;
  readonly gpu: Budget;
}

export interface Budget {
  readonly compressed?: number;
  readonly unpacked?: number;
}

export interface BuildSettings {
  /** Undefined: as many as the machine has cores. */
  readonly parallelism?: number;
  readonly trust: "host" | "none";
  readonly cache: CacheMode;
  /** The place under which each image keeps its build cache; undefined: beside the image. */
  readonly cacheRef?: RegistryPlace;
  /** Registry host to the URLs that are asked first. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
  /** Hosts that may be spoken to in plain HTTP; loopback always may. */
  readonly insecure: readonly string[];
  /** Registry host to the URL of the GitHub REST API that lists its packages; that of ghcr.io is known. */
  readonly packageApis: Readonly<Record<string, string>>;
  /** Whether a release puts the SBOM of each image beside it. */
  readonly sbom: "attach" | "off";
  /** What to do where the apt package index moved since it was locked. */
  readonly index: "warn" | "strict";
}

/** What the pipelines of a CI server are made of, beside the graph. Names of secrets, never their values. */
export interface CiSettings {
  readonly lapstrake: RunnerProgram;
  /** Where CI pushes, instead of the fleet's own place. */
  readonly registry?: RegistryPlace;
  /** `fresh`: the lock is not in git, and made by the plan where it is missing. */
  readonly lock: "committed" | "fresh";
  readonly tier?: Tier;
  readonly branches: readonly string[];
  readonly pullRequests: boolean;
  /** Labels, by the tier of what is built; `cpu` also for jobs that build nothing. */
  readonly runners: Readonly<Record<Tier, readonly string[]>>;
  /** Minutes. */
  readonly timeout: number;
  readonly login?: string;
  readonly environment?: string;
  /** Five fields of cron, UTC. */
  readonly schedule: string;
  readonly prune: { readonly keep: number; readonly olderThan: number; readonly token: string };
}

/** How a runner gets lapstrake. */
export type RunnerProgram =
  /** The folder of its source, or of the npm lock that names it, from the top of the repository. */
  | { readonly kind: "checkout" | "package"; readonly path: string }
  | { readonly kind: "image"; readonly image: ImageRef };

/** A contradiction that somebody settled, and why. */
export interface Decision {
  /** RULE/SUBJECT, or RULE for all that the rule finds. */
  readonly id: string;
  readonly decision: string;
  readonly who: string;
  /** YYYY-MM-DD. */
  readonly when: string;
  readonly why: string;
  readonly at: SourcePosition;
}

/**
 * Line and column (from 1) by JSON Pointer (RFC 6901), such as `/images/base-python/dockerfile`. A scalar's place is
 * its value, a map's or list's is its key. Read it with `positionOf`.
 */
export type Positions = Readonly<Record<string, readonly [line: number, column: number]>>;

/**
 * One image that a build makes: an image of the blueprint, or a service on its machine. Its repository is `name` under
 * the registry's namespace.
 */
export interface DeclaredImage extends Recipe {
  readonly name: string;
  readonly kind: "image" | "service";
  readonly service?: string;
  /** The machine whose profile is baked in, where the service names exactly one or was expanded. */
  readonly machine?: string;
  readonly ports?: Ports;
  /** Where the image or service is declared: the path in `positions` and the place itself. */
  readonly path: readonly [section: "images" | "services", name: string];
  readonly at: SourcePosition;
}
