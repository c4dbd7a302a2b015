import type { LoadTrace } from "../../audit/loader/load-trace.ts";
import type { Level } from "../../audit/reach/reach-modules.ts";
import type { InstructionPlace } from "./layer-origins.ts";
import type { Reason } from "./reason.ts";

/** What an image needs, has, lacks and wastes. All lists are sorted by name. */
export interface ImageAudit {
  readonly packages: readonly PackageUse[];
  readonly distributions: readonly DistributionUse[];
  readonly missing: readonly Missing[];
  /** Libraries that the container runtime brings. */
  readonly host: readonly HostLibrary[];
  /** Found, and not what is asked of them. */
  readonly mismatches: readonly Mismatch[];
  /** What no reader of files can know: names that are made at run time. */
  readonly uncertain: readonly Uncertainty[];
  /** Of each program that is followed, all that its loader does. */
  readonly loads: readonly LoadTrace[];
  /** Undefined where it carries no code for GPUs. */
  readonly gpu: GpuCode | undefined;
  /** Files that could not be read as what they are, wholly or in part. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
}

export interface PackageUse {
  /** `libssl3`, and `libssl3:amd64` where dpkg says so. */
  readonly name: string;
  readonly version: string;
  /**
   * `needed`: code that runs reaches it. `tool`: something that starts or checks the image runs it. `base`: essential, or of
   * priority required. `depends`: another that stays needs it. `kept`: nothing names it, and things break without it.
   * `uncertain`: something may want it. `unused`: nothing does.
   */
  readonly use: "needed" | "tool" | "base" | "depends" | "kept" | "uncertain" | "unused";
  /** Unpacked, of its own files. */
  readonly bytes: number;
  /** Of the layer that first lists it, the lowest is 0. */
  readonly layer: number | undefined;
  /** The instruction of a Dockerfile that made the layer; undefined where nobody knows it. */
  readonly instruction: InstructionPlace | undefined;
  /** Of an unused one: what would go with it. */
  readonly alsoRemoved: readonly string[];
  readonly reason: Reason | undefined;
}

export interface DistributionUse {
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  readonly use: "imported" | "linked" | "required" | "uncertain" | "unused";
  readonly level: Level | undefined;
  readonly bytes: number;
  readonly reason: Reason | undefined;
}

export interface Missing {
  readonly what: "library" | "module" | "program";
  readonly name: string;
  /** `required`: what needs it fails whenever it starts. The others may never happen. */
  readonly level: Level;
  readonly reason: Reason;
  /** Packages of this release that have it; undefined where nobody was asked, or nobody knows. */
  readonly suppliers?: readonly string[];
  /** Of a library: the paths that were tried, and why each was not it. Of a module: extensions of that name that do not fit. */
  readonly tried?: readonly string[];
}

export interface HostLibrary {
  readonly name: string;
  readonly neededBy: readonly string[];
}

export interface Mismatch {
  readonly rule: string;
  readonly subject: string;
  readonly message: string;
  readonly severity: "error" | "warning";
  readonly reason?: Reason;
}

export interface Uncertainty {
  readonly what: "import" | "library" | "program" | "dlopen";
  readonly path: string;
  readonly line?: number;
  /** The expression, or the texts in a file that suggest it. */
  readonly text: string;
  /** Packages that may be wanted for it. */
  readonly packages: readonly string[];
}

/** Code for GPUs in an image, all in all and by file. Bytes as they are stored. */
export interface GpuCode extends GpuSums {
  /** Those of the fleet that have a GPU; `sm` is undefined where the blueprint does not say it. */
  readonly machines: readonly { readonly name: string; readonly sm?: string }[];
  /** The largest first; hard links of one file by their first path. */
  readonly files: readonly (GpuSums & { readonly path: string })[];
}

interface GpuSums {
  /** The oldest first. */
  readonly architectures: readonly GpuArchitecture[];
  readonly bytes: number;
  /** Bytes that no machine can run; undefined where that is not known of all of them. */
  readonly unusable: number | undefined;
}

export interface GpuArchitecture {
  /** `sm_86` is machine code, `compute_90` is PTX. */
  readonly architecture: string;
  readonly bytes: number;
  /** `unknown`: none is known that runs it, and of some, or of all, it is not known what they run. */
  readonly use: "usable" | "unusable" | "unknown";
  /** Names of machines. */
  readonly runsOn: readonly string[];
}
