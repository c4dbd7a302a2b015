import type { Phase, PhasePlan } from "../blueprint/phase-plan.ts";

type Phases = Pick<PhasePlan, "phases">;

/** In the order in which they can be closed: each after all that it requires, otherwise as the plan has them. */
export function closingOrder({ phases }: Phases): readonly Phase[] {
  const byId = new Map(phases.map((phase) => [phase.id, phase]));
  const order = new Map<string, Phase>();
  const visit = (phase: Phase): void => {
    if (order.has(phase.id)) return;
    for (const id of phase.requires) {
      const required = byId.get(id);
      if (required !== undefined) visit(required);
    }
    order.set(phase.id, phase);
  };
  // The reader of plans refuses phases that wait for each other, so this ends.
  for (const phase of phases) visit(phase);
  return [...order.values()];
}

/** All that must be done before a phase, in closing order. */
export function earlierPhases(plan: Phases, { id }: Pick<Phase, "id">): readonly Phase[] {
  const wanted = new Set([id]);
  const order = closingOrder(plan);
  for (const phase of order.toReversed()) {
    if (wanted.has(phase.id)) for (const each of phase.requires) wanted.add(each);
  }
  return order.filter((phase) => phase.id !== id && wanted.has(phase.id));
}

/** The phase that the gate of this one prepares: the next beside it. The last, and the last part of a phase, have none. */
export function nextPhase(
  { phases }: Phases,
  { id, parent }: Pick<Phase, "id" | "parent">,
): Phase | undefined {
  const siblings = phases.filter((phase) => phase.parent === parent);
  return siblings[siblings.findIndex((phase) => phase.id === id) + 1];
}
