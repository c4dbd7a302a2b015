import type { Phase, PhasePlan } from "../blueprint/phase-plan.ts";
import { nextPhase } from "./order.ts";
import type { DocumentState } from "./phase-state.ts";

/** A document that a gate asks for. */
export interface GateDocument {
  readonly kind: DocumentState["kind"];
  /** Relative to the blueprint's folder. */
  readonly path: string;
  /** The phase that it is about: the one that is closed, or the one that comes next. */
  readonly phase: Phase;
}

/** The documents of a phase's gate: its post-review, and the pre-analysis of the next phase where there is one. */
export function gateDocuments(plan: PhasePlan, phase: Phase): readonly GateDocument[] {
  const next = nextPhase(plan, phase);
  const { postreview, preanalysis } = plan.documents;
  return [
    { kind: "postreview", path: fill(postreview, plan, phase), phase },
    ...(next === undefined
      ? []
      : [{ kind: "preanalysis" as const, path: fill(preanalysis, plan, next), phase: next }]),
  ];
}

function fill(pattern: string, { id }: PhasePlan, phase: Phase): string {
  return pattern.replaceAll("{plan}", id).replaceAll("{phase}", phase.id);
}
