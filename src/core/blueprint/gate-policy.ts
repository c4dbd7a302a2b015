import type { Digest } from "../base/digest.ts";

/** What stands between the push of images and their tags. */
export const GATES = [
  "vulnerabilities",
  "secrets",
  "files",
  "user",
  "init",
  "health",
  "labels",
  "budget",
  "reduction",
  "sbom",
  "base",
  "tags",
] as const;

export type GateName = (typeof GATES)[number];

/** What a release is held to. */
export interface GatePolicy {
  /** Gates that do not run, each with why: every report says so. */
  readonly off: Readonly<Partial<Record<GateName, string>>>;
  /** YYYY-MM-DD: databases and waivers are judged as of that day, not of today. */
  readonly asOf?: string;
  /** The file of waivers. */
  readonly waivers?: string;
  /** How long a waiver may run, at most. */
  readonly waiverDays: number;
  readonly vulnerabilities: VulnerabilityPolicy;
  readonly base: BasePolicy;
  readonly reduction?: ReductionPolicy;
}

export interface VulnerabilityPolicy {
  /** From this severity on an image is denied. */
  readonly deny: "low" | "medium" | "high" | "critical";
  /** What counts where nobody rated it. */
  readonly unknown: "low" | "medium" | "high" | "critical";
  /** Whether one that no version mends denies an image, or is shown only. */
  readonly unfixed: "deny" | "note";
  /** A database that is older says nothing for certain. */
  readonly maxAgeDays: number;
  readonly osv?: OsvPolicy;
  readonly trivy?: TrivyPolicy;
  readonly suite?: SuitePolicy;
}

/** Without `export`, what `lapstrake db update` keeps on this machine. */
export interface OsvPolicy {
  /** What `lapstrake db update` fetches: https addresses, and files or folders of the fleet. */
  readonly sources?: readonly string[];
  /** A file or folder of the fleet. */
  readonly export?: string;
  /** Of the database that is to be used, and no other. */
  readonly digest?: Digest;
}

export interface TrivyPolicy {
  /** `REPOSITORY@sha256:…`: it runs as a container on this machine's engine; without it, as a program. */
  readonly image?: string;
  readonly version?: string;
  /** Of the program's file. */
  readonly digest?: Digest;
  readonly database?: Digest;
}

export interface SuitePolicy {
  /** `note`: what the suite has newer is shown, and blocks nothing. */
  readonly level: "deny" | "note";
}

export interface BasePolicy {
  /** What it is where the tag of a root has moved since the lock; `off`: its registry is not asked. */
  readonly roots: "deny" | "note" | "off";
}

export interface ReductionPolicy {
  /** By how much the median service is smaller than its recorded baseline, at least. */
  readonly percent: number;
}

/** What `gates: {}` says: every gate, and the advisories that `lapstrake db update` keeps. */
export const DEFAULT_GATES: GatePolicy = {
  off: {},
  waiverDays: 90,
  vulnerabilities: { deny: "high", unknown: "high", unfixed: "deny", maxAgeDays: 7, osv: {} },
  base: { roots: "note" },
};
