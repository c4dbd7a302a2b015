import { planJsonSchema } from "./json-schema.ts";
import { Nearest } from "./nearest.ts";
import { normalisePlan } from "./normalise-plan.ts";
import type { PhasePlan } from "./phase-plan.ts";
import { type PlanNames, planProblems } from "./plan-problems.ts";
import { refuse } from "./refuse.ts";
import { PlanShape } from "./shape/plan.ts";
import { shapeProblems } from "./shape-problems.ts";
import { readSource } from "./source.ts";

/**
 * Reads the file of a plan. `file` is its name in positions. Throws BlueprintError PLAN_INVALID (exit 2) that carries
 * every problem of the file, in file order.
 */
export function parsePlan(text: string, file: string, names: PlanNames): PhasePlan {
  const source = readSource(text, file);
  if (source.value === undefined) throw refuse(source.problems, "PLAN_INVALID");
  const nearest = new Nearest();
  const result = PlanShape.safeParse(source.value);
  const shape = result.success
    ? []
    : shapeProblems(result.error.issues, source, { schema: planJsonSchema, nearest });
  const problems = [
    ...source.problems,
    ...shape,
    ...planProblems(source.value, [], { source, nearest, names }),
  ];
  if (problems.length > 0 || !result.success) throw refuse(problems, "PLAN_INVALID");
  return normalisePlan(result.data, source);
}
