import type { Phase, PhasePlan } from "../../blueprint/phase-plan.ts";
import type { DocumentKind } from "./subject.ts";

export interface DocumentPlace {
  readonly kind: DocumentKind;
  /** The phase that it speaks of. */
  readonly phase: Phase;
  /** Relative to the blueprint's folder. */
  readonly path: string;
}

/** The documents of a phase's gate: its post-review, and the pre-analysis of what comes next; the last phase has none. */
export function gateDocuments(plan: PhasePlan, phase: Phase): readonly DocumentPlace[] {
  const next = phaseAfter(plan, phase);
  return [
    { kind: "postreview", phase, path: fill(plan.documents.postreview, plan, phase) },
    ...(next === undefined
      ? []
      : [{ kind: "preanalysis", phase: next, path: fill(plan.documents.preanalysis, plan, next) } as const]),
  ];
}

/** The phase whose gate has this document: where to draft it. */
export function draftedWith(plan: PhasePlan, kind: DocumentKind, phase: Phase): Phase {
  if (kind === "postreview") return phase;
  return plan.phases.find((each) => phaseAfter(plan, each)?.id === phase.id) ?? phase;
}

/** The next one beside it: of the phases, or of the parts of the same phase. Parts are prepared by the phase's own document. */
function phaseAfter({ phases }: PhasePlan, phase: Phase): Phase | undefined {
  return phases.slice(phases.indexOf(phase) + 1).find(({ parent }) => parent === phase.parent);
}

function fill(pattern: string, { id }: PhasePlan, phase: Phase): string {
  return pattern.replaceAll(/\{(plan|phase)\}/g, (_, name) => (name === "plan" ? id : phase.id));
}
