import type { Outcome, Verdict } from "../../core/policy/verdict.ts";

const OUTCOMES: readonly Outcome[] = ["holds", "fails", "unknown"];

/** A line for each rule: over how many subjects it holds, fails, or could not be told. */
export function summariseVerdicts(verdicts: readonly Verdict[]): string {
  const rules = [...new Set(verdicts.map(({ rule }) => rule))];
  if (rules.length === 0) return "nothing to judge";
  return rules
    .map((rule) => {
      const own = verdicts.filter((verdict) => verdict.rule === rule);
      const counts = OUTCOMES.flatMap((outcome) => {
        const count = own.filter((verdict) => verdict.outcome === outcome).length;
        return count === 0 ? [] : [`${wordOf(outcome)} ${count}`];
      });
      return `${rule}: ${counts.join(", ")}`;
    })
    .join("\n");
}

function wordOf(outcome: Outcome): string {
  return outcome === "unknown" ? "not verified" : outcome;
}
