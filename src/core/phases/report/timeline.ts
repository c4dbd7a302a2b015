import type { EntryOf } from "../../record/entry.ts";
import type { EntryRef } from "../phase-state.ts";

/** What the ledger says of a plan, oldest first. */
export interface ReportRecord {
  readonly evidence: readonly EntryOf<"evidence">[];
  readonly gates: readonly EntryOf<"gate">[];
}

/** Something that happened to a phase. Evidence of one phase and one day (UTC) that came in a row is one event. */
export type TimelineEvent = EvidenceEvent | GateEvent;

export interface EvidenceEvent {
  readonly kind: "evidence";
  readonly phase: string;
  readonly first: EntryRef;
  readonly last: EntryRef;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

export interface GateEvent {
  readonly kind: "closed" | "reopened";
  readonly phase: string;
  readonly first: EntryRef;
  /** Why it was opened again. */
  readonly why: string | null;
}

type Outcome = EntryOf<"evidence">["body"]["outcome"];

/** The events of a plan in the order of the ledger. */
export function timelineOf({ evidence, gates }: ReportRecord): readonly TimelineEvent[] {
  const events: TimelineEvent[] = [];
  const entries = [...evidence, ...gates].toSorted((a, b) => a.seq - b.seq);
  for (const entry of entries) {
    if (isGate(entry)) events.push(gateEvent(entry));
    else {
      const last = events.at(-1);
      if (last?.kind === "evidence" && belongs(last, entry)) events.splice(-1, 1, extended(last, entry));
      else events.push(extended(undefined, entry));
    }
  }
  return events;
}

function isGate(entry: EntryOf<"evidence"> | EntryOf<"gate">): entry is EntryOf<"gate"> {
  return entry.kind === "gate";
}

function gateEvent(entry: EntryOf<"gate">): GateEvent {
  const { phase, state, why } = entry.body;
  return { kind: state === "done" ? "closed" : "reopened", phase, first: refOf(entry), why };
}

function belongs({ phase, last }: EvidenceEvent, { body, time }: EntryOf<"evidence">): boolean {
  return body.phase === phase && time.slice(0, 10) === last.time.slice(0, 10);
}

function extended(event: EvidenceEvent | undefined, entry: EntryOf<"evidence">): EvidenceEvent {
  const { phase, outcome } = entry.body;
  const outcomes = event?.outcomes ?? { holds: 0, fails: 0, unknown: 0 };
  return {
    kind: "evidence",
    phase,
    first: event?.first ?? refOf(entry),
    last: refOf(entry),
    outcomes: { ...outcomes, [outcome]: outcomes[outcome] + 1 },
  };
}

function refOf({ seq, hash, time }: EntryRef): EntryRef {
  return { seq, hash, time };
}
