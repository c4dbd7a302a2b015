import { markdownCode, markdownTable, markdownText } from "../../base/markdown-text.ts";
import type { Risk } from "../../blueprint/phase-plan.ts";
import type { DocumentSubject } from "./subject.ts";

/** The risks of the register that a phase's documents must speak of. */
export function risksOf({ plan, state }: DocumentSubject): readonly Risk[] {
  return plan.risks.filter(({ phases }) => phases.length === 0 || phases.includes(state.phase.id));
}

export function riskTable(risks: readonly Risk[]): string {
  if (risks.length === 0) return "The plan's register has no risk for this phase.";
  return markdownTable(
    ["Risk", "What may happen", "Likelihood", "Impact", "Mitigation", "Seen by", "Way back"],
    risks.map((each) => [
      markdownText(each.id),
      markdownText(each.risk),
      each.likelihood,
      each.impact,
      markdownText(each.mitigation),
      markdownCode(each.detector),
      markdownCode(each.fallback),
    ]),
  );
}
