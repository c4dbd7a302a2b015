import { suggest } from "../../core/base/suggest.ts";
import type { Phase, PhasePlan } from "../../core/blueprint/phase-plan.ts";
import { FlowError } from "../error.ts";

/** Throws FlowError PHASE_UNKNOWN. */
export function findPhase({ id, phases }: PhasePlan, wanted: string): Phase {
  const found = phases.find((phase) => phase.id === wanted);
  if (found !== undefined) return found;
  throw new FlowError("PHASE_UNKNOWN", `the plan ${id} has no phase "${wanted}"`, {
    hint: `it has ${phases.map((phase) => phase.id).join(", ")}`,
  });
}

/** Throws FlowError PLAN_UNKNOWN where another plan than the fleet's is named. */
export function requirePlan({ id }: PhasePlan, named: string | undefined): void {
  if (named === undefined || named === id) return;
  const near = suggest(named, [id]);
  throw new FlowError("PLAN_UNKNOWN", `expected the plan ${id}, found "${named}"`, {
    hint: near === undefined ? "the fleet has one plan; its id may be left out" : `did you mean ${near}?`,
  });
}

/** Throws FlowError MACHINE_UNKNOWN. */
export function requireMachine({ machines }: PhasePlan, named: string | undefined): void {
  if (named === undefined || machines.includes(named)) return;
  throw new FlowError("MACHINE_UNKNOWN", `the plan has no machine "${named}"`, {
    hint: machines.length === 0 ? "it names none" : `it has ${machines.join(", ")}, in this order`,
  });
}
