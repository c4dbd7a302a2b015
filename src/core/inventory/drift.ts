/**
 * in-step: as released. behind: something older, or nothing where it is expected. ahead: made, not released yet.
 * diverged: the name means something else than was released. only-here: the content is on an engine and nowhere else.
 * unknown: could not be asked. foreign: none of ours. orphaned: ours, and nothing needs it any more. unavailable: its root
 * cannot be had here. not-released: the last release says why it does not hold it. untagged-child: part of an index, never
 * to be deleted by itself.
 */
export type DriftClass =
  | "in-step"
  | "behind"
  | "ahead"
  | "diverged"
  | "only-here"
  | "unknown"
  | "foreign"
  | "orphaned"
  | "unavailable"
  | "not-released"
  | "untagged-child";

export interface Verdict {
  readonly drift: DriftClass;
  /** Why, one line each; empty where there is nothing to tell. */
  readonly reasons: readonly string[];
}

/** The worst first: a row is what the worst of its places is. */
const WORST_FIRST: readonly DriftClass[] = [
  "diverged",
  "only-here",
  "behind",
  "ahead",
  "unknown",
  "foreign",
  "orphaned",
  "unavailable",
  "not-released",
  "untagged-child",
  "in-step",
];

/** What `--check` fails for: these say that a place and the release disagree. Leftovers and foreign images do not. */
const DRIFT: ReadonlySet<DriftClass> = new Set(["diverged", "only-here", "behind", "ahead"]);

export const IN_STEP: Verdict = { drift: "in-step", reasons: [] };

export function isDrift(drift: DriftClass): boolean {
  return DRIFT.has(drift);
}

/** The worst class, with the reasons of all that are not in step: unknown never hides a drift, nor the other way. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const drift = WORST_FIRST.find((each) => verdicts.some((verdict) => verdict.drift === each)) ?? "in-step";
  const ordered = verdicts.toSorted((a, b) => WORST_FIRST.indexOf(a.drift) - WORST_FIRST.indexOf(b.drift));
  return { drift, reasons: [...new Set(ordered.flatMap(({ reasons }) => reasons))] };
}
