import type { PhaseState } from "../../core/phases/phase-state.ts";

/** A phase's state as one documented shape: plain data, no places in files. */
export function phaseJson(state: PhaseState): Readonly<Record<string, unknown>> {
  const { phase, verdict, reason, rules, documents, gate, claim } = state;
  return {
    id: phase.id,
    title: phase.title,
    ...(phase.parent === undefined ? {} : { parent: phase.parent }),
    requires: phase.requires,
    verdict,
    reason,
    note: phase.note,
    constraints: phase.constraints.map(({ id, quote }) => ({ id, quote })),
    deliverables: phase.deliverables,
    rules: rules.map(({ rule, machine, evidence, ...rest }) => ({
      id: rule.id,
      machine: machine ?? null,
      proves: rule.proves,
      check: rule.check,
      ...rest,
      evidence: evidence ?? null,
    })),
    documents: documents.map(({ digest, ...rest }) => ({ ...rest, digest: digest ?? null })),
    gate: gate ?? null,
    claim: claim ?? null,
  };
}
