import type { Phase, PhasePlan } from "../blueprint/phase-plan.ts";
import { claimsOf } from "./claims.ts";
import { phaseContent } from "./digests.ts";
import { gateDocuments } from "./gate-documents.ts";
import type { ClosedGate, Gate, OpenGate } from "./gates.ts";
import { closingOrder } from "./order.ts";
import { type PhaseRecord, refOf } from "./phase-record.ts";
import type { DocumentState, PhaseState, PhaseVerdict, RuleState } from "./phase-state.ts";
import { collectCommand } from "./rule-kinds.ts";
import { sentence } from "./rules/judgement.ts";
import { whatWasEdited } from "./what-was-edited.ts";

export interface PhaseFacts {
  readonly plan: PhasePlan;
  readonly record: PhaseRecord;
  readonly gates: ReadonlyMap<string, Gate>;
  /** By phase. */
  readonly rules: ReadonlyMap<string, readonly RuleState[]>;
  /** By phase; of a closed phase, documents that are no longer those of its gate have a finding. */
  readonly documents: ReadonlyMap<string, readonly DocumentState[]>;
  /** By the digest of a plan that a gate was about: that plan; undefined where its text is gone. */
  readonly plans: ReadonlyMap<string, unknown>;
}

/** The states of all phases, in the plan's order. */
export function phaseStates(facts: PhaseFacts): readonly PhaseState[] {
  const states = new Map<string, PhaseState>();
  for (const phase of closingOrder(facts.plan)) states.set(phase.id, phaseState(phase, facts, states));
  return facts.plan.phases.flatMap(({ id }) => states.get(id) ?? []);
}

function phaseState(phase: Phase, facts: PhaseFacts, earlier: ReadonlyMap<string, PhaseState>): PhaseState {
  const rules = facts.rules.get(phase.id) ?? [];
  const documents = facts.documents.get(phase.id) ?? [];
  const gate = facts.gates.get(phase.id);
  const context = { facts, rules, documents, waiting: waitingFor(phase, earlier) };
  const claim = claimsOf(facts.record, facts.plan).get(phase.id);
  return {
    phase,
    ...(gate?.state === "closed" || gate?.state === "void"
      ? closedVerdict(phase, gate, context)
      : openVerdict(phase, gate, context)),
    rules,
    documents,
    gate: gate === undefined || gate.state === "refused" ? undefined : refOf(gate.entry),
    ...(claim === undefined ? {} : { claim }),
  };
}

interface Context {
  readonly facts: PhaseFacts;
  readonly rules: readonly RuleState[];
  readonly documents: readonly DocumentState[];
  /** In words, the phases that it requires and that are not done. */
  readonly waiting: readonly string[];
}

interface Verdict {
  readonly verdict: PhaseVerdict;
  /** One sentence. */
  readonly reason: string;
}

function waitingFor({ requires }: Phase, earlier: ReadonlyMap<string, PhaseState>): readonly string[] {
  return requires.flatMap((id) => {
    const verdict = earlier.get(id)?.verdict;
    return verdict === "done" ? [] : [`phase ${id} is ${verdict ?? "not there"}`];
  });
}

function closedVerdict(
  phase: Phase,
  gate: ClosedGate,
  { facts, rules, documents, waiting }: Context,
): Verdict {
  if (gate.state === "void") {
    return {
      verdict: "stale",
      reason: `${gate.why}; mend it, collect, draft, then \`lapstrake phase done ${phase.id}\``,
    };
  }
  const { planDigest } = gate.entry.body;
  const edited = whatWasEdited(facts.plans.get(planDigest), phaseContent(facts.plan, phase), phase.id);
  const bad = rules.filter(({ verdict }) => verdict !== "holds");
  const changed = documents.filter(({ findings }) => findings.length > 0);
  const reasons = [
    ...edited,
    ...bad.map((state) => `${nameOf(state)} ${verdictWords(state)}`),
    ...changed.map(({ path, findings }) => `${path}: ${findings[0]?.message ?? ""}`),
    ...waiting,
  ];
  if (reasons.length === 0)
    return { verdict: "done", reason: `closed at ${gate.entry.time} (entry ${gate.entry.seq})` };
  const needsGate = edited.length > 0 || changed.length > 0;
  const run = needsGate
    ? `lapstrake phase done ${phase.id}`
    : bad.length > 0
      ? collectCommand(phase)
      : "lapstrake phase next";
  return { verdict: "stale", reason: `${sentence(reasons)}; run \`${run}\`` };
}

function openVerdict(
  phase: Phase,
  gate: OpenGate | undefined,
  { rules, documents, waiting }: Context,
): Verdict {
  const said = gate === undefined ? [] : [gateWords(gate)];
  const [first, ...more] = waiting;
  if (first !== undefined) {
    const others = more.length === 0 ? "" : `, and ${more.length} more that it requires`;
    return { verdict: "blocked", reason: sentence([...said, `${first}${others}`]) };
  }
  const reasons = [...said, ...lacking(rules), ...documents.flatMap(documentWords)];
  const isReady = reasons.length === said.length;
  if (isReady)
    return {
      verdict: "ready",
      reason: sentence([...said, `all is there: \`lapstrake phase done ${phase.id}\``]),
    };
  return { verdict: "open", reason: sentence(reasons) };
}

function gateWords(gate: OpenGate): string {
  return gate.state === "reopened" ? `reopened: ${gate.why}` : `not accepted as closed: ${gate.why}`;
}

const COUNTED = [
  ["missing", "have no evidence"],
  ["stale", "are stale"],
  ["fails", "fail"],
  ["unknown", "are unknown"],
  ["not-provable", "are not yet provable"],
] as const;

/** By verdict, how many rules are not proven. */
function lacking(rules: readonly RuleState[]): readonly string[] {
  return COUNTED.flatMap(([verdict, words]) => {
    const count = rules.filter((state) => state.verdict === verdict).length;
    return count === 0 ? [] : [`${count} of ${rules.length} rules ${words}`];
  });
}

function documentWords({ path, digest, findings }: DocumentState): readonly string[] {
  if (digest === undefined) return [`there is no ${path}`];
  return findings.length === 0 ? [] : [`${path} has ${findings.length} findings`];
}

function nameOf({ rule, machine }: RuleState): string {
  return machine === undefined ? rule.id : `${rule.id} on ${machine}`;
}

function verdictWords({ verdict, reason }: RuleState): string {
  return `${verdict === "missing" ? "has no evidence that counts" : `is ${verdict}`} (${reason})`;
}

/** Of the documents of a closed phase: which are no longer what its gate accepted. */
export function closedDocuments(
  { plan }: Pick<PhaseFacts, "plan">,
  phase: Phase,
  gate: ClosedGate,
  digests: ReadonlyMap<string, DocumentState["digest"]>,
): readonly DocumentState[] {
  const accepted = new Map(gate.entry.body.documents.map(({ path, digest }) => [path, digest]));
  return gateDocuments(plan, phase).map(({ kind, path }) => {
    const digest = digests.get(path);
    const message = digest === undefined ? "is gone since the gate" : "was edited since the gate accepted it";
    const isSame = digest !== undefined && digest === accepted.get(path);
    return {
      kind,
      path,
      digest,
      findings: isSame ? [] : [{ rule: "document-changed", line: 1, message }],
    };
  });
}
