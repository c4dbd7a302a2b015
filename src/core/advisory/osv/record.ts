/** What Lapstrake reads of a record of the Open Source Vulnerability format, schema 1.x. Times are milliseconds since 1970. */
export interface OsvRecord {
  readonly id: string;
  readonly modified: number;
  /** Undefined where it does not say. */
  readonly published: number | undefined;
  /** Undefined where it still stands. */
  readonly withdrawn: number | undefined;
  /** The same in other databases. */
  readonly aliases: readonly string[];
  /** What a distribution's record is about. */
  readonly upstream: readonly string[];
  readonly related: readonly string[];
  /** One line; may be empty. */
  readonly summary: string;
  readonly severity: readonly OsvSeverity[];
  /** `database_specific.severity`. */
  readonly severityWord: string | undefined;
  readonly affected: readonly OsvAffected[];
}

/** `type`: `CVSS_V3`, and whatever else later schemas have. */
export interface OsvSeverity {
  readonly type: string;
  readonly score: string;
}

export interface OsvAffected {
  /** Undefined where it names none, as records of git repositories do. */
  readonly package: OsvPackage | undefined;
  readonly severity: readonly OsvSeverity[];
  /** `ecosystem_specific.severity`, else `database_specific.severity`. */
  readonly severityWord: string | undefined;
  /** `ecosystem_specific.urgency`, as Debian has it. */
  readonly urgency: string | undefined;
  readonly ranges: readonly OsvRange[];
  readonly versions: readonly string[];
}

export interface OsvPackage {
  /** `PyPI`, `Debian:12`. */
  readonly ecosystem: string;
  readonly name: string;
}

export const RANGE_TYPES = ["ECOSYSTEM", "SEMVER", "GIT"] as const;
export const EVENT_KINDS = ["introduced", "fixed", "last_affected", "limit"] as const;

export interface OsvRange {
  readonly type: (typeof RANGE_TYPES)[number];
  /** In the order of the file. */
  readonly events: readonly OsvEvent[];
}

export type OsvEvent = readonly [kind: (typeof EVENT_KINDS)[number], version: string];
