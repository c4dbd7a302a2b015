import type { Phase, PhasePlan } from "../../blueprint/phase-plan.ts";
import type { DocumentState, PhaseState, RuleState } from "../phase-state.ts";

export type DocumentKind = DocumentState["kind"];

/** A phase with what is known of its rules. */
export type ProvenPhase = Pick<PhaseState, "phase" | "rules">;

/** What a gate document speaks of: the phase that was worked on (postreview), or the one that it prepares (preanalysis). */
export interface DocumentSubject {
  readonly plan: PhasePlan;
  readonly kind: DocumentKind;
  /** The phase whose gate asks for it: `lapstrake phase draft` of that one writes it. */
  readonly gate: Phase;
  readonly state: ProvenPhase;
}

/** `Phase 1 Post-Review - PLAN`, as the guide's own documents are called. */
export function titleOf({ plan, kind, state }: DocumentSubject): string {
  const name = kind === "postreview" ? "Post-Review" : "Pre-Analysis";
  return `Phase ${state.phase.id} ${name} - ${plan.id}`;
}

/** What a rule is called in documents: `locks-verified`, or `driver@pc2` where machines are asked one by one. */
export function ruleKey({ rule, machine }: Pick<RuleState, "rule" | "machine">): string {
  return machine === undefined ? rule.id : `${rule.id}@${machine}`;
}

export function draftCommand({ gate }: Pick<DocumentSubject, "gate">): string {
  return `lapstrake phase draft ${gate.id}`;
}
