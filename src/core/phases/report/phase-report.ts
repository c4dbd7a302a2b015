import type { PhasePlan, Risk } from "../../blueprint/phase-plan.ts";
import type { EntryOf } from "../../record/entry.ts";
import { gapsOf } from "../documents/gaps.ts";
import type { EntryRef, PhaseState, PhaseVerdict, RuleState } from "../phase-state.ts";
import { type ReportRecord, type TimelineEvent, timelineOf } from "./timeline.ts";

export interface ReportFacts {
  readonly plan: PhasePlan;
  /** In the plan's order. */
  readonly states: readonly PhaseState[];
  /** Of this fleet's ledger; entries of other plans are left out. */
  readonly record: ReportRecord;
  /** The tag of the newest release. */
  readonly release: string | undefined;
}

/** A plan for whoever has to answer for it: where it stands, how it came there, what is missing. */
export interface PhaseReport {
  readonly plan: Pick<PhasePlan, "id" | "title" | "machines">;
  readonly release: string | undefined;
  /** The newest entry in it; the report has no other date, so the same facts make the same bytes. */
  readonly asOf: EntryRef | undefined;
  readonly counts: Readonly<Record<PhaseVerdict, number>>;
  readonly phases: readonly ReportedPhase[];
  /** What was done and is not proven any more, then the first phase that is not done: where to work. */
  readonly current: readonly string[];
  readonly timeline: readonly TimelineEvent[];
  readonly risks: readonly Risk[];
  /** The entries that the states stand on, by number. */
  readonly evidence: readonly EntryOf<"evidence">[];
}

export interface ReportedPhase {
  readonly state: PhaseState;
  readonly isPart: boolean;
  readonly proven: number;
  readonly passed: number;
  readonly gaps: readonly ReportedGap[];
}

/** What is missing for a phase to be done. */
export interface ReportedGap {
  /** A rule, or a document with its line. */
  readonly what: string;
  readonly reason: string;
  /** The command or the edit that closes it; undefined where the plan must be changed. */
  readonly remedy: string | undefined;
}

export function phaseReport({ plan, states, record, release }: ReportFacts): PhaseReport {
  const own = ofPlan(record, plan);
  const newest = [own.evidence.at(-1), own.gates.at(-1)].flatMap((entry) => entry ?? []);
  const asOf = newest.toSorted((a, b) => b.seq - a.seq)[0];
  return {
    plan: { id: plan.id, title: plan.title, machines: plan.machines },
    release,
    asOf: asOf && { seq: asOf.seq, hash: asOf.hash, time: asOf.time },
    counts: countVerdicts(states),
    phases: states.map(reportPhase),
    current: currentPhases(states),
    timeline: timelineOf(own),
    risks: plan.risks,
    evidence: citedEvidence(states, own),
  };
}

function ofPlan({ evidence, gates }: ReportRecord, { id }: PhasePlan): ReportRecord {
  return {
    evidence: evidence.filter(({ body }) => body.plan === id),
    gates: gates.filter(({ body }) => body.plan === id),
  };
}

function countVerdicts(states: readonly PhaseState[]): PhaseReport["counts"] {
  const counts = { done: 0, ready: 0, open: 0, stale: 0, blocked: 0 };
  for (const { verdict } of states) counts[verdict] += 1;
  return counts;
}

function currentPhases(states: readonly PhaseState[]): readonly string[] {
  const stale = states.filter(({ verdict }) => verdict === "stale");
  const next = states.find(({ verdict }) => verdict === "ready" || verdict === "open");
  return [...stale, ...(next === undefined ? [] : [next])].map(({ phase }) => phase.id);
}

function reportPhase(state: PhaseState): ReportedPhase {
  return {
    state,
    isPart: state.phase.parent !== undefined,
    proven: state.rules.filter(({ verdict }) => verdict === "holds").length,
    passed: state.documents.filter(({ digest, findings }) => digest !== undefined && findings.length === 0)
      .length,
    gaps: [
      ...gapsOf(state).map(({ key, reason, command }) => ({ what: key, reason, remedy: command })),
      ...documentGaps(state),
    ],
  };
}

function documentGaps({ phase, documents }: PhaseState): readonly ReportedGap[] {
  const draft = `lapstrake phase draft ${phase.id}`;
  return documents.flatMap(({ path, digest, findings }): readonly ReportedGap[] => {
    if (digest === undefined) return [{ what: path, reason: "it is not written yet", remedy: draft }];
    const [first, ...more] = findings;
    if (first === undefined) return [];
    const rest = more.length === 0 ? "" : `, and ${more.length} more`;
    return [
      { what: `${path}:${first.line}`, reason: `${first.message}${rest}`, remedy: first.hint ?? draft },
    ];
  });
}

function citedEvidence(
  states: readonly PhaseState[],
  { evidence }: ReportRecord,
): readonly EntryOf<"evidence">[] {
  const cited = new Set(states.flatMap(({ rules }) => rules.flatMap(({ evidence }) => evidence?.hash ?? [])));
  return evidence.filter(({ hash }) => cited.has(hash));
}

/** The evidence that a rule's state stands on, where the ledger has it. */
export function evidenceOf(
  { evidence }: Pick<PhaseReport, "evidence">,
  state: RuleState,
): EntryOf<"evidence"> | undefined {
  return evidence.find(({ hash }) => hash === state.evidence?.hash);
}
