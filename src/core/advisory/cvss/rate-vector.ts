import cvss from "ae-cvss-calculator";
import type { KnownSeverity } from "../severity.ts";
import type { CvssVersion } from "./metrics.ts";
import type { CvssVector } from "./vector.ts";

/** From this base score on; the first that holds. */
type Scale = readonly (readonly [from: number, severity: KnownSeverity])[];

/** "Qualitative Severity Rating Scale" of versions 3.0, 3.1 and 4.0. */
const SCALE: Scale = [
  [9, "critical"],
  [7, "high"],
  [4, "medium"],
  [0.1, "low"],
  [0, "none"],
];

/** Version 2.0 has none of its own; that of the NVD, who rated by it. */
const SCALE_OF_2: Scale = [
  [7, "high"],
  [4, "medium"],
  [0, "low"],
];

/** Scoring takes a fifth of a millisecond, and a hundred thousand records have some thousand vectors between them. */
const MOST_RATED = 20_000;
const rated = new Map<string, KnownSeverity>();

/** The base score, 0 to 10 in tenths: how bad the flaw is, whoever makes use of it today. */
export function baseScore({ version, base }: CvssVector): number {
  return SCORES[version](base);
}

export function rateVector(vector: CvssVector): KnownSeverity {
  const known = rated.get(vector.base);
  if (known !== undefined) return known;
  const severity = severityOf(vector);
  if (rated.size < MOST_RATED) rated.set(vector.base, severity);
  return severity;
}

function severityOf(vector: CvssVector): KnownSeverity {
  const score = baseScore(vector);
  const scale = vector.version === "2.0" ? SCALE_OF_2 : SCALE;
  return scale.find(([from]) => score >= from)?.[1] ?? "none";
}

const SCORES: Readonly<Record<CvssVersion, (vector: string) => number>> = {
  "2.0": (vector) => known(new cvss.Cvss2(vector).calculateScores().base),
  "3.0": (vector) => known(new cvss.Cvss3P0(vector).calculateScores().base),
  "3.1": (vector) => known(new cvss.Cvss3P1(vector).calculateScores().base),
  "4.0": (vector) => known(new cvss.Cvss4P0(vector).calculateScores().base),
};

/** `parseVector` gives whole vectors only; a library that has no score for one is broken, which must not look like "none". */
function known(score: number | undefined): number {
  if (score === undefined || Number.isNaN(score)) throw new RangeError("a whole CVSS vector has no score");
  return score;
}
