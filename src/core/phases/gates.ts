import type { Digest } from "../base/digest.ts";
import type { Phase, PhasePlan } from "../blueprint/phase-plan.ts";
import type { EntryOf } from "../record/entry.ts";
import { ruleDigest } from "./digests.ts";
import { gateDocuments } from "./gate-documents.ts";
import type { PhaseRecord } from "./phase-record.ts";

/**
 * Where the newest gate of a phase stands. "refused": the ledger has an entry that closes it, and it stands on nothing.
 * "void": a rule of it failed since, so it needs its documents again. "reopened" by a person.
 */
export type Gate = ClosedGate | OpenGate;

export type ClosedGate = Standing<"closed"> | (Standing<"void"> & { readonly why: string });

export type OpenGate = Standing<"refused" | "reopened"> & { readonly why: string };

interface Standing<State extends string> {
  readonly state: State;
  readonly entry: EntryOf<"gate">;
}

/** The gates by phase, in the order of the ledger: one counts only if all that its phase requires were closed before it. */
export function replayGates(plan: PhasePlan, record: PhaseRecord): ReadonlyMap<string, Gate> {
  const phases = new Map(plan.phases.map((phase) => [phase.id, phase]));
  const evidence = new Map<Digest, EntryOf<"evidence">>(record.evidence.map((entry) => [entry.hash, entry]));
  const gates = new Map<string, Gate>();
  for (const entry of inOrder(record)) {
    if (entry.body.plan !== plan.id) continue;
    const phase = phases.get(entry.body.phase);
    if (phase === undefined) continue;
    const gate = isGate(entry)
      ? gateOf(entry, { plan, phase, evidence, gates })
      : voidedBy(entry, { phase, gate: gates.get(phase.id) });
    if (gate !== undefined) gates.set(phase.id, gate);
  }
  return gates;
}

type Entry = EntryOf<"gate"> | EntryOf<"evidence">;

function inOrder({ evidence, gates }: PhaseRecord): readonly Entry[] {
  return [...evidence, ...gates].toSorted((a, b) => a.seq - b.seq);
}

function isGate(entry: Entry): entry is EntryOf<"gate"> {
  return entry.kind === "gate";
}

interface GateContext {
  readonly plan: PhasePlan;
  readonly phase: Phase;
  readonly evidence: ReadonlyMap<Digest, EntryOf<"evidence">>;
  readonly gates: ReadonlyMap<string, Gate>;
}

function gateOf(entry: EntryOf<"gate">, context: GateContext): Gate {
  const { state, why } = entry.body;
  if (state === "reopened") return { state, entry, why: why ?? "nobody said why" };
  const wrong = whyRefused(entry, context);
  return wrong === undefined ? { state: "closed", entry } : { state: "refused", entry, why: wrong };
}

/** An entry is only a claim: `phase done` writes it after all of this was so, and somebody else may have written it. */
function whyRefused(
  { seq, body }: EntryOf<"gate">,
  { plan, phase, evidence, gates }: GateContext,
): string | undefined {
  const open = phase.requires.find((id) => gates.get(id)?.state !== "closed");
  if (open !== undefined) return `entry ${seq} closes it before phase ${open} was closed`;
  const missing = gateDocuments(plan, phase).find(
    ({ path }) => !body.documents.some((each) => each.path === path),
  );
  if (missing !== undefined) return `entry ${seq} closes it without ${missing.path}`;
  const cited = body.evidence.map((hash) => evidence.get(hash));
  const isSound = cited.every(
    (each) =>
      each !== undefined && each.seq < seq && each.body.phase === phase.id && each.body.outcome === "holds",
  );
  if (!isSound)
    return `entry ${seq} closes it on evidence that is not in the ledger before it, or did not hold`;
  const proven = new Set(cited.map((each) => each?.body.rule));
  // A rule that was written later is not the gate's fault: it has no evidence of its own, and says so.
  const known = phase.rules.filter((rule) =>
    [...evidence.values()].some(
      (each) =>
        each.seq < seq && each.body.phase === phase.id && each.body.ruleDigest === ruleDigest(phase, rule),
    ),
  );
  const lacking = known.find(({ id }) => !proven.has(id));
  if (lacking !== undefined || cited.length === 0)
    return `entry ${seq} closes it without evidence${lacking === undefined ? "" : ` of ${lacking.id}`}`;
  return undefined;
}

/** A closed phase whose rule fails needs its documents again; an input that changed alone does not do that. */
function voidedBy(
  { seq, body }: EntryOf<"evidence">,
  { phase, gate }: { readonly phase: Phase; readonly gate: Gate | undefined },
): Gate | undefined {
  if (gate?.state !== "closed" || body.outcome !== "fails") return undefined;
  const rule = phase.rules.find(({ id }) => id === body.rule);
  if (rule === undefined || body.ruleDigest !== ruleDigest(phase, rule)) return undefined;
  const where = body.machine === null ? "" : ` on ${body.machine}`;
  return {
    state: "void",
    entry: gate.entry,
    why: `${rule.id}${where} failed since (entry ${seq}): ${body.reason}`,
  };
}
