import type { EpochSeconds } from "../base/clock.ts";
import type { Digest } from "../base/digest.ts";

/** `lapstrake.lock`: what the outside world looked like when somebody decided that it is good. */
export interface Lock {
  readonly version: 1;
  readonly roots: Readonly<Record<string, LockedRoot>>;
  readonly index: LockedIndex;
}

export type LockedRoot = PinnedRoot | UnavailableRoot;

export interface PinnedRoot {
  /** The reference as the blueprint had it, in full. */
  readonly image: string;
  readonly source: "registry" | "mirror" | "bootstrap";
  /** The reference it was read from, or the id of the bootstrap recipe. */
  readonly from: string;
  /** Of the manifest, or of the index where `platforms` is given. */
  readonly digest: Digest;
  /** Platform to manifest digest, where `digest` is that of an index. */
  readonly platforms?: Readonly<Record<string, Digest>>;
  readonly created: EpochSeconds;
  /** Debian package to version, of a bootstrap root. */
  readonly packages?: Readonly<Record<string, string>>;
}

/** A root that could not be had when the lock was written, and why. */
export interface UnavailableRoot {
  readonly unavailable: string;
}

/** The state of the package indexes that images build from; absent where none was looked at. */
export interface LockedIndex {
  readonly apt?: {
    /** Suite to the digest of what identifies its Packages index. */
    readonly suites: Readonly<Record<string, Digest>>;
    /** Of all suites together: the one value that goes into build identities. */
    readonly digest: Digest;
  };
}
