import type { Severity } from "../severity.ts";
import type { AffectedVersions } from "./judge-version.ts";

/**
 * What a record says of one package, as databases keep it: plain data. `JSON.stringify` is its form in them, so that a
 * change of it is a new format there.
 */
export interface Advisory {
  readonly id: string;
  /** Other names of the same, and of a distribution's advisory all that it is about. */
  readonly names: readonly string[];
  readonly modified: number;
  readonly published?: number;
  readonly withdrawn?: number;
  readonly summary: string;
  readonly affected: readonly AdvisedVersions[];
}

export interface AdvisedVersions extends AffectedVersions {
  readonly severity: Severity;
  readonly severityFrom?: string;
}

/** Where an advisory is looked up: `PyPI` and a canonical name; `Debian:12`, or `Debian` for all releases, and a source package. */
export interface AdvisoryKey {
  readonly ecosystem: string;
  readonly name: string;
}

/** Advisories by package. */
export interface AdvisoryIndex {
  /** Those that it has any advisory of. */
  readonly ecosystems: ReadonlySet<string>;
  find(key: AdvisoryKey): readonly Advisory[];
}
