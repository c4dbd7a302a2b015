import type { Digest } from "../../base/digest.ts";
import type { SecuritySuite } from "./security-suite.ts";

/** The suite for one architecture, as dpkg calls it: `amd64`. */
export interface SuiteRelease extends SecuritySuite {
  readonly architecture: string;
}

/** The newest version of a package that a suite has. */
export interface SuitePackage {
  readonly version: string;
  readonly source: { readonly name: string; readonly version: string };
}

/** What a security suite has for one architecture, `all` among it. */
export interface SuiteIndex {
  readonly release: SuiteRelease;
  /** By name. */
  readonly packages: ReadonlyMap<string, SuitePackage>;
  /** The newest version of each source that packages were built from. */
  readonly sources: ReadonlyMap<string, string>;
  /** How many packages the index lists, older versions of the same among them. */
  readonly records: number;
  /**
   * Of the lines `DIGEST PATH`, one for each index, by path: it moves where the packages do, and not each day, as the digest
   * of the Release would, which has its date in it.
   */
  readonly digest: Digest;
  /** Milliseconds since 1970: when the archive signed it. Undefined where its Release does not say. */
  readonly date: number | undefined;
  /** The same: until when the archive answers for it. */
  readonly validUntil: number | undefined;
  /** When it was asked for. */
  readonly fetchedAt: number;
}

/** Whoever could not read a suite says why: it is never that nothing is outdated. */
export type SuiteAnswer =
  | {
      readonly state: "known";
      readonly index: SuiteIndex;
      /** Why the archive was not asked again although it should have been. */
      readonly stale?: string;
    }
  | { readonly state: "unknown"; readonly why: string; readonly hint?: string };
