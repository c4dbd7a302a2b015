import type { Finding } from "../base/finding.ts";
import type { Phase, PhasePlan } from "../blueprint/phase-plan.ts";
import { gateDocuments } from "./gate-documents.ts";
import { closingOrder, earlierPhases } from "./order.ts";

/**
 * Whether a plan keeps to its own protocol: every phase has its note, constraints that rules prove, and documents of its
 * own; and none can be skipped. The reader of plans has seen to the rest.
 */
export function planFindings(plan: PhasePlan): readonly Finding[] {
  return [
    ...plan.phases.flatMap((phase) => [...noteFindings(phase), ...coverFindings(phase)]),
    ...skipFindings(plan),
    ...documentFindings(plan),
  ];
}

function noteFindings({ id, note, constraints, at }: Phase): readonly Finding[] {
  if (note.trim() === "") return [error("phase-note", `phase ${id} has no IMPORTANT NOTE`, at)];
  if (constraints.length > 0) return [];
  return [error("phase-constraints", `phase ${id} takes no constraint out of its note`, at)];
}

/** A constraint that no rule proves would be taken on trust. */
function coverFindings({ id, constraints, rules }: Phase): readonly Finding[] {
  const proven = new Set(rules.flatMap(({ proves }) => proves));
  return constraints
    .filter((constraint) => !proven.has(constraint.id))
    .map((constraint) =>
      error("constraint-unproven", `no rule of phase ${id} proves ${constraint.id}`, constraint.at),
    );
}

/** Each phase waits, at last, for all that come before it. */
function skipFindings(plan: PhasePlan): readonly Finding[] {
  const order = closingOrder(plan);
  return order.flatMap((phase, index): readonly Finding[] => {
    const earlier = new Set(earlierPhases(plan, phase).map(({ id }) => id));
    const skipped = order.slice(0, index).filter(({ id }) => !earlier.has(id));
    if (skipped.length === 0) return [];
    const names = skipped.map(({ id }) => id).join(", ");
    return [error("phase-skippable", `phase ${phase.id} could be done without ${names}`, phase.at)];
  });
}

/** Two documents at one path would be one document. */
function documentFindings(plan: PhasePlan): readonly Finding[] {
  const owners = new Map<string, string>();
  return plan.phases.flatMap((phase) =>
    gateDocuments(plan, phase).flatMap(({ kind, path, phase: about }) => {
      const what = `the ${kind} of phase ${about.id}`;
      const other = owners.get(path);
      if (other !== undefined)
        return [error("document-shared", `${what} has the path of ${other}: ${path}`, phase.at)];
      owners.set(path, what);
      return [];
    }),
  );
}

function error(rule: string, message: string, at: Phase["at"]): Finding {
  return { rule, level: "error", message, at };
}
