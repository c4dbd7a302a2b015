import type { PhaseVerdict } from "../../core/phases/phase-state.ts";
import type { PhaseReport, ReportedPhase } from "../../core/phases/report/phase-report.ts";
import type { TimelineEvent } from "../../core/phases/report/timeline.ts";

/** `3 of 10 phases are done, 1 is stale; phase 2 is open.` */
export function headline({ counts, phases, current }: PhaseReport): string {
  const stale = counts.stale === 0 ? "" : `, ${counts.stale} ${counts.stale === 1 ? "is" : "are"} stale`;
  const done = `${counts.done} of ${phases.length} phases ${counts.done === 1 ? "is" : "are"} done${stale}`;
  const next = phases.find(
    ({ state }) => current.includes(state.phase.id) && state.verdict !== "stale",
  )?.state;
  return next === undefined ? `${done}.` : `${done}; phase ${next.phase.id} is ${next.verdict}.`;
}

/** What a verdict means to somebody who never read of it. */
export const VERDICT_MEANING: Readonly<Record<PhaseVerdict, string>> = {
  done: "closed by a gate, and its evidence still holds",
  ready: "everything is there; the gate has not been passed yet",
  open: "evidence or documents are still missing",
  stale: "it was done, and what it stood on changed since",
  blocked: "a phase that it requires is not done",
};

/** `2026-11-01 00:03`, UTC. */
export function timeText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)}`;
}

export function provenText({ state, proven }: ReportedPhase): string {
  return state.rules.length === 0 ? "-" : `${proven} of ${state.rules.length}`;
}

export function passedText({ state, passed }: ReportedPhase): string {
  return state.documents.length === 0 ? "-" : `${passed} of ${state.documents.length}`;
}

export function eventText(event: TimelineEvent): string {
  switch (event.kind) {
    case "closed":
      return "gate passed: the phase is done";
    case "reopened":
      return `opened again: ${event.why ?? "nobody said why"}`;
    case "evidence": {
      const { holds, fails, unknown } = event.outcomes;
      const parts = [
        ...(holds === 0 ? [] : [`${holds} hold${holds === 1 ? "s" : ""}`]),
        ...(fails === 0 ? [] : [`${fails} fail${fails === 1 ? "s" : ""}`]),
        ...(unknown === 0 ? [] : [`${unknown} unknown`]),
      ];
      return `evidence collected: ${parts.join(", ")}`;
    }
  }
}

/** `12`, or `12 to 17`. */
export function entriesText(event: TimelineEvent): string {
  const { first } = event;
  const last = event.kind === "evidence" ? event.last : first;
  return first.seq === last.seq ? String(first.seq) : `${first.seq} to ${last.seq}`;
}

/** What is shown of a long history: the newest. */
export const EVENTS_SHOWN = 100;

export const LEGEND =
  "A rule is proven by evidence: facts that a command collected, kept by digest, and named in the ledger by number and hash. " +
  "A phase is stale as soon as something that its evidence was made of is another today. The report is as of its newest " +
  "ledger entry; it has no date of its own.";
