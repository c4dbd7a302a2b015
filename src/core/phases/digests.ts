import { type Digest, digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { EvidenceRule, Phase, PhasePlan } from "../blueprint/phase-plan.ts";
import type { ReleaseFact } from "./today.ts";

/** Of anything that is plain data. */
export function digestOfData(data: unknown): Digest {
  // Callers give values of our own types, which are JSON by their members; interfaces have no index signature.
  return digestOf(canonicalJson(data as Json));
}

/** The plan without the places in its file: what is signed off, and kept as evidence under its digest. */
export function planText(plan: PhasePlan): string {
  const { id, title, machines, documents, phases, risks } = plan;
  const content = {
    id,
    title,
    machines,
    documents,
    phases: phases.map((phase) => phaseContent(plan, phase)),
    risks: risks.map(({ at: _at, ...risk }) => risk),
  };
  return canonicalJson(content as unknown as Json);
}

export function planDigest(plan: PhasePlan): Digest {
  return digestOf(planText(plan));
}

/** All that a gate of the phase was about, by the name that people know it by. */
export function phaseContent(
  plan: Pick<PhasePlan, "machines">,
  phase: Phase,
): Readonly<Record<string, unknown>> {
  const { id, title, requires, note, constraints, deliverables, rules } = phase;
  return {
    id,
    title,
    requires,
    note,
    constraints: constraints.map(({ at: _at, ...constraint }) => constraint),
    deliverables,
    rules: rules.map(ruleContent),
    ...(rules.some(({ perMachine }) => perMachine) ? { machines: plan.machines } : {}),
  };
}

function ruleContent({ at: _at, ...rule }: EvidenceRule): Omit<EvidenceRule, "at"> {
  return rule;
}

/** Of the rule as it is written, with the note that it is under. */
export function ruleDigest({ note }: Phase, rule: EvidenceRule): Digest {
  return digestOfData({ note, rule: ruleContent(rule) });
}

/** What a release holds. Two records of one release, of two machines or two seconds, have one text. */
export function releaseText({
  tag,
  dirty,
  partial,
  images,
  unavailable,
  previous = [],
}: ReleaseFact): string {
  const held = images.map(({ name, repository, identity, digest }) => ({
    name,
    repository,
    identity,
    digest,
  }));
  const content = { tag, dirty, partial, images: held, unavailable, previous };
  return canonicalJson(content as unknown as Json);
}

export function releaseDigest(release: ReleaseFact): Digest {
  return digestOf(releaseText(release));
}
