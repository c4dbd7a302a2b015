import { type Entry, inFileOrder } from "./in-file-order.ts";
import { parentOf } from "./phase-id.ts";
import type { EvidenceRule, Phase, PhasePlan } from "./phase-plan.ts";
import type { Path } from "./positions.ts";
import { risksOf } from "./risks.ts";
import type { PlanShape } from "./shape/plan.ts";
import type { Source } from "./source.ts";

type PhaseEntry = Entry<PlanShape["phases"][string]>;

/** The checked shape as the value that the rest of the program uses. `path` is where the plan stands in its file. */
export function normalisePlan(shape: PlanShape, source: Source, path: Path = []): PhasePlan {
  const { id, title, machines, documents } = shape;
  const entries = inFileOrder([...path, "phases"], shape.phases, source);
  return {
    file: source.file,
    id,
    title,
    machines,
    documents,
    phases: entries.map((entry) => toPhase(entry, entries, { source, path })),
    risks: risksOf(shape.risks, source, [...path, "risks"]),
  };
}

function toPhase(
  { name, value, at }: PhaseEntry,
  all: readonly PhaseEntry[],
  { source, path }: { readonly source: Source; readonly path: Path },
): Phase {
  const parent = parentOf(name);
  const inside = [...path, "phases", name];
  return {
    id: name,
    title: value.title,
    ...(parent === undefined ? {} : { parent }),
    requires: requiredBy(name, all),
    note: value.note ?? all.find((each) => each.name === parent)?.value.note ?? "",
    constraints: inFileOrder([...inside, "constraints"], value.constraints, source).map((each) => ({
      id: each.name,
      quote: each.value,
      at: each.at,
    })),
    deliverables: value.deliverables,
    rules: inFileOrder([...inside, "rules"], value.rules, source).map(toRule),
    at,
  };
}

function toRule({ name, value, at }: Entry<PhaseEntry["value"]["rules"][string]>): EvidenceRule {
  return { id: name, ...value, at };
}

/**
 * What must be done before: what is written, or else the one before it beside it; the first part of a phase waits for
 * what its whole waits for. A whole always waits for its parts.
 */
function requiredBy(id: string, all: readonly PhaseEntry[]): readonly string[] {
  const parts = all.filter(({ name }) => parentOf(name) === id).map(({ name }) => name);
  return [...new Set([...writtenOrBefore(id, all), ...parts])];
}

function writtenOrBefore(id: string, all: readonly PhaseEntry[]): readonly string[] {
  const own = all.find(({ name }) => name === id)?.value.requires;
  if (own !== undefined) return own;
  const siblings = all.filter(({ name }) => parentOf(name) === parentOf(id));
  const before = siblings[siblings.findIndex(({ name }) => name === id) - 1];
  if (before !== undefined) return [before.name];
  const parent = parentOf(id);
  // A phase of that name may not be there; that is said as a problem.
  return parent === undefined || !all.some(({ name }) => name === parent) ? [] : writtenOrBefore(parent, all);
}
