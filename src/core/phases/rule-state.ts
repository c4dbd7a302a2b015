import type { EvidenceRule, Phase, RuleKind } from "../blueprint/phase-plan.ts";
import type { EntryOf } from "../record/entry.ts";
import { ruleDigest } from "./digests.ts";
import { fileInputs, filesAsInputs, type Inputs, inputsOf } from "./inputs.ts";
import { type PhaseRecord, type RawFacts, refOf } from "./phase-record.ts";
import type { RuleState, RuleVerdict } from "./phase-state.ts";
import { commandFor } from "./rule-kinds.ts";
import { judge } from "./rules/judge.ts";
import type { Today } from "./today.ts";
import { whatChanged } from "./what-changed.ts";

export interface RuleContext {
  readonly today: Today;
  readonly record: PhaseRecord;
  readonly raw: RawFacts;
  /** Kinds that a command of this version can answer. */
  readonly provable: ReadonlySet<RuleKind>;
}

/** The states of a phase's rules; one that is asked for each machine has a state for each, in the plan's order. */
export function ruleStates(phase: Phase, context: RuleContext): readonly RuleState[] {
  return phase.rules.flatMap((rule) =>
    machinesOf(rule, context.today).map((machine) => ruleState({ phase, rule, machine }, context)),
  );
}

export function machinesOf(
  rule: Pick<EvidenceRule, "perMachine">,
  { plan }: Pick<Today, "plan">,
): readonly (string | undefined)[] {
  return rule.perMachine ? plan.machines : [undefined];
}

interface Question {
  readonly phase: Phase;
  readonly rule: EvidenceRule;
  readonly machine: string | undefined;
}

/** The newest evidence of a rule, or undefined. */
export function newestEvidence(
  { phase, rule, machine }: Question,
  { today, record }: Pick<RuleContext, "today" | "record">,
): EntryOf<"evidence"> | undefined {
  return record.evidence.findLast(
    ({ body }) =>
      body.plan === today.plan.id &&
      body.phase === phase.id &&
      body.rule === rule.id &&
      body.machine === (machine ?? null),
  );
}

function ruleState(question: Question, context: RuleContext): RuleState {
  const { rule, machine, phase } = question;
  const entry = newestEvidence(question, context);
  const { verdict, reason } = verdictOf(question, entry, context);
  return {
    rule,
    machine,
    verdict,
    reason,
    evidence: entry && refOf(entry),
    inputs: entry?.body.inputs ?? {},
    command: commandFor(phase, rule.check.kind, context.provable),
  };
}

interface Verdict {
  readonly verdict: RuleVerdict;
  readonly reason: string;
}

function verdictOf(
  question: Question,
  entry: EntryOf<"evidence"> | undefined,
  context: RuleContext,
): Verdict {
  const { phase, rule } = question;
  const { kind } = rule.check;
  if (!context.provable.has(kind)) {
    const command = commandFor(phase, kind, context.provable);
    return {
      verdict: "not-provable",
      reason: `not yet provable: \`${command}\` is not in this version`,
    };
  }
  if (entry === undefined) return { verdict: "missing", reason: "no evidence was collected" };
  const stale = staleness(question, entry, context.today);
  if (stale.length > 0) return { verdict: "stale", reason: stale.join("; ") };
  return entryVerdict(question, entry, context);
}

/** Why evidence no longer counts, whatever it said. */
function staleness(
  { phase, rule, machine }: Question,
  { body }: EntryOf<"evidence">,
  today: Today,
): readonly string[] {
  if (body.ruleDigest !== ruleDigest(phase, rule))
    return ["the rule or the note that it is under was edited"];
  const expired =
    body.expires === null || Date.parse(body.expires) > today.now ? [] : [`it expired at ${body.expires}`];
  return [...expired, ...whatChanged(body, currentInputs({ rule, machine }, body, today), today)];
}

/** What the rule would stand on today, and the files that the evidence says it was made of. */
function currentInputs(
  { rule, machine }: Pick<Question, "rule" | "machine">,
  { inputs }: { readonly inputs: Inputs },
  today: Today,
): Inputs {
  return { ...inputsOf(rule.check, today, machine), ...filesAsInputs(fileInputs(inputs), today) };
}

/** What an entry that still counts says, held against its own facts. */
function entryVerdict(
  question: Question,
  entry: EntryOf<"evidence">,
  { raw, record, today }: RuleContext,
): Verdict {
  const { seq, body } = entry;
  const facts = raw.get(body.output);
  if (facts === undefined) {
    const reason = `the raw facts ${body.output} of entry ${seq} are gone, or their bytes were changed`;
    return { verdict: "unknown", reason };
  }
  const judged = judge(question.rule.check, facts);
  if (judged.outcome !== body.outcome) {
    const reason = `entry ${seq} says that it ${body.outcome}, but its raw facts say ${judged.outcome}: ${judged.reason}`;
    return { verdict: "unknown", reason };
  }
  const before = machineBefore(question, today);
  const isEarly = before !== undefined && !cameBefore(before, question, { entry, record, today });
  if (body.outcome === "holds" && isEarly) {
    const reason = `evidence of ${question.machine} came before that of ${before} held: ${before} comes first`;
    return { verdict: "missing", reason };
  }
  return { verdict: body.outcome, reason: judged.reason };
}

/** The machine whose evidence has to come first. */
export function machineBefore(
  { machine }: Pick<Question, "machine">,
  { plan }: Pick<Today, "plan">,
): string | undefined {
  return machine === undefined ? undefined : plan.machines[plan.machines.indexOf(machine) - 1];
}

/** Whether the machine before held the same rule before this entry: for the same release, or for what is still so today. */
function cameBefore(
  machine: string,
  { phase, rule }: Question,
  { entry, record, today }: Pick<RuleContext, "record" | "today"> & { readonly entry: EntryOf<"evidence"> },
): boolean {
  return record.evidence.some(({ seq, body }) => {
    const isOther =
      body.plan !== today.plan.id ||
      body.phase !== phase.id ||
      body.rule !== rule.id ||
      body.machine !== machine ||
      body.ruleDigest !== entry.body.ruleDigest;
    if (isOther || seq >= entry.seq || body.outcome !== "holds") return false;
    if (body.release === entry.body.release) return true;
    return whatChanged(body, currentInputs({ rule, machine }, body, today), today).length === 0;
  });
}
