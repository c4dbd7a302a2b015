import type { OsvAffected, OsvRecord, OsvSeverity } from "../osv/record.ts";
import { type KnownSeverity, type Severity, worstSeverity } from "../severity.ts";
import type { CvssVersion } from "./metrics.ts";
import { rateVector } from "./rate-vector.ts";
import { type CvssVector, parseVector } from "./vector.ts";

export interface Rating {
  readonly severity: Severity;
  /** The vector, or who rated it. */
  readonly from: string | undefined;
}

const UNRATED: Rating = { severity: "unknown", from: undefined };

/** A later version of CVSS replaces the earlier ones. */
const NEWEST_FIRST: readonly CvssVersion[] = ["4.0", "3.1", "3.0", "2.0"];
const VERSIONS_OF: Readonly<Record<string, readonly CvssVersion[]>> = {
  CVSS_V2: ["2.0"],
  CVSS_V3: ["3.0", "3.1"],
  CVSS_V4: ["4.0"],
};

/**
 * How bad it is for one package: by the vectors of the package, else of the record, the newest version of CVSS and of that
 * the worst; else by the word of the database; else by Debian's urgency. A vector that is none rates nothing.
 */
export function rateAffected(
  record: Pick<OsvRecord, "severity" | "severityWord">,
  affected: Pick<OsvAffected, "severity" | "severityWord" | "urgency">,
): Rating {
  return (
    rateByVectors(affected.severity) ??
    rateByVectors(record.severity) ??
    rateByWord(affected.severityWord, WORDS, "severity") ??
    rateByWord(record.severityWord, WORDS, "severity") ??
    rateByWord(affected.urgency, URGENCIES, "urgency of Debian") ??
    UNRATED
  );
}

function rateByVectors(severities: readonly OsvSeverity[]): Rating | undefined {
  const vectors = severities.flatMap(({ type, score }) => {
    const vector = vectorOf(type, score);
    return vector === undefined ? [] : [{ vector, score, severity: rateVector(vector) }];
  });
  const version = NEWEST_FIRST.find((each) => vectors.some(({ vector }) => vector.version === each));
  const newest = vectors.filter(({ vector }) => vector.version === version);
  if (newest.length === 0) return undefined;
  const severity = worstSeverity(newest.map((each) => each.severity));
  return { severity, from: newest.find((each) => each.severity === severity)?.score };
}

function vectorOf(type: string, score: string): CvssVector | undefined {
  const versions = Object.hasOwn(VERSIONS_OF, type) ? VERSIONS_OF[type] : undefined;
  const vector = versions === undefined ? undefined : parseVector(score);
  return vector !== undefined && versions?.includes(vector.version) === true ? vector : undefined;
}

function rateByWord(
  word: string | undefined,
  words: ReadonlyMap<string, KnownSeverity>,
  of: string,
): Rating | undefined {
  const severity = word === undefined ? undefined : words.get(word.toLowerCase());
  return severity === undefined ? undefined : { severity, from: `${of}: ${word?.toLowerCase() ?? ""}` };
}

const WORDS: ReadonlyMap<string, KnownSeverity> = new Map([
  ["none", "none"],
  ["negligible", "low"],
  ["minor", "low"],
  ["low", "low"],
  ["moderate", "medium"],
  ["medium", "medium"],
  ["important", "high"],
  ["high", "high"],
  ["critical", "critical"],
]);

/**
 * Of the security tracker; a star says that nobody of Debian set it. "unimportant" is a flaw that packages do not expose, which
 * is not that there is none. "not yet assigned" and "end-of-life" rate nothing.
 */
const URGENCIES: ReadonlyMap<string, KnownSeverity> = new Map([
  ["unimportant", "low"],
  ["low", "low"],
  ["low**", "low"],
  ["medium", "medium"],
  ["medium**", "medium"],
  ["high", "high"],
  ["high**", "high"],
]);
