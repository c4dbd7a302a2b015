import { compareDebianVersions, type DebianVersion, parseDebianVersion } from "../../audit/dpkg/version.ts";
import { compareVersions, parseVersion, publicOf, type Version } from "../pep440/version.ts";

/** How versions of an ecosystem follow each other. */
export interface VersionOrder<Parsed> {
  /** Undefined where the text is no version. */
  parse(text: string): Parsed | undefined;
  compare(one: Parsed, other: Parsed): number;
  /** How an installed version stands to one that a record names. */
  against(installed: Parsed, named: Parsed): number;
}

/**
 * A local version is the public one with somebody's changes (PEP 440): where the record does not name a local version,
 * `2.1.0+cu121` counts as `2.1.0`, as it does for `==2.1.0` and `<=2.1.0`.
 */
const PYPI: VersionOrder<Version> = {
  parse: parseVersion,
  compare: compareVersions,
  against: (installed, named) =>
    compareVersions(named.local.length === 0 ? publicOf(installed) : installed, named),
};

/** As dpkg and apt have it. */
const DEBIAN: VersionOrder<DebianVersion> = {
  parse: parseDebianVersion,
  compare: compareDebianVersions,
  against: compareDebianVersions,
};

export type Ecosystem = "pypi" | "deb";

/** Hands the order of an ecosystem to what works with any of them. */
export function withOrder<Result>(
  ecosystem: Ecosystem,
  use: <Parsed>(order: VersionOrder<Parsed>) => Result,
): Result {
  return ecosystem === "pypi" ? use(PYPI) : use(DEBIAN);
}
