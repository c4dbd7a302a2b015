import type { GateFinding, GateOutcome } from "./gate.ts";

const ORDER: readonly GateOutcome[] = ["passed", "waived", "unknown", "error", "denied"];

/** The worst of several; of none at all nothing is known. */
export function worstGateOutcome(outcomes: readonly GateOutcome[]): GateOutcome {
  return outcomes.reduce<GateOutcome>(
    (worst, each) => (ORDER.indexOf(each) > ORDER.indexOf(worst) ? each : worst),
    outcomes.length === 0 ? "unknown" : "passed",
  );
}

/** Whether an image with it may have its tag. */
export function letsThrough(outcome: GateOutcome): boolean {
  return outcome === "passed" || outcome === "waived";
}

/** What findings come to, once waivers are applied. */
export function outcomeOf(findings: readonly GateFinding[]): GateOutcome {
  const blocking = findings.filter(({ level }) => level !== "note");
  return worstGateOutcome([
    "passed",
    ...blocking.map(({ level, waiver }): GateOutcome => {
      if (waiver !== undefined) return "waived";
      return level === "deny" ? "denied" : level === "error" ? "error" : "unknown";
    }),
  ]);
}
