import type { PhasePlan } from "../../blueprint/phase-plan.ts";
import type { DocumentState, PhaseState, RuleState } from "../phase-state.ts";

export type DocumentKind = DocumentState["kind"];

/** A phase with what is known of its rules. */
export type ProvenPhase = Pick<PhaseState, "phase" | "rules">;

/** What a gate document speaks of: the phase that was worked on (postreview), or the one that it prepares (preanalysis). */
export interface DocumentSubject {
  readonly plan: PhasePlan;
  readonly kind: DocumentKind;
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

/** What writes the document: the gate of the phase itself, or of the one beside it that comes before. */
export function draftCommand({ plan, kind, state }: DocumentSubject): string {
  const { id, parent } = state.phase;
  const beside = plan.phases.filter((phase) => phase.parent === parent);
  const before = beside[beside.findIndex((phase) => phase.id === id) - 1];
  return `lapstrake phase draft ${kind === "postreview" ? id : (before?.id ?? id)}`;
}
