import { formatPosition } from "../../../core/base/error.ts";
import { planFindings } from "../../../core/phases/plan-findings.ts";
import type { PlanSoundFacts } from "../../../core/phases/rules/plan-sound.ts";
import type { Collector } from "../collectors.ts";
import { asFacts } from "./as-facts.ts";

export const collectPlanSound: Collector<"plan-sound"> = async ({ open, today }) => {
  const { graph, findings } = open.fleet;
  const facts: PlanSoundFacts = {
    phases: today.plan.phases.length,
    images: graph.nodes.size,
    findings: [...planFindings(today.plan), ...findings].map(({ rule, level, message, at }) => ({
      rule,
      level,
      message,
      at: formatPosition(at),
    })),
  };
  return { facts: asFacts(facts) };
};
