import { digestOf } from "../../../src/core/base/digest.ts";
import type { DocumentState, PhaseState } from "../../../src/core/phases/phase-state.ts";
import type { ReportFacts } from "../../../src/core/phases/report/phase-report.ts";
import { isKind } from "../../../src/core/record/entry.ts";
import { PHASE_1, PHASE_2, PLAN, provenPhase, SampleLedger } from "../documents/sample.ts";

const LAST = PLAN.phases[2]!;

const WRITTEN: DocumentState = { kind: "postreview", path: "docs/1.md", digest: digestOf("1"), findings: [] };
const UNWRITTEN: DocumentState = { kind: "preanalysis", path: "docs/2.md", digest: undefined, findings: [] };

/** Phase 1 is done, 2 is open with gaps, 3 is blocked. */
export function reportFacts(): ReportFacts {
  const ledger = new SampleLedger();
  const first = provenPhase(PHASE_1, ledger);
  const gate = ledger.recordGate("1");
  const second = provenPhase(PHASE_2, ledger, {
    audit: { verdict: "fails", reason: "web lacks libGL.so.1; see `lapstrake audit web`" },
  });
  const findings = [
    { rule: "placeholder", line: 61, message: "nobody wrote in it", hint: "write it" },
    { rule: "gap-missing", line: 70, message: "a gap is missing" },
  ];
  const states: readonly PhaseState[] = [
    {
      ...first,
      verdict: "done",
      reason: `closed (entry ${gate.seq})`,
      documents: [WRITTEN],
      gate: refOf(gate),
    },
    {
      ...second,
      verdict: "open",
      reason: "1 of 1 rules fail",
      documents: [{ ...WRITTEN, findings }, UNWRITTEN],
      gate: undefined,
    },
    { phase: LAST, rules: [], verdict: "blocked", reason: "phase 2 is open", documents: [], gate: undefined },
  ];
  return { plan: PLAN, states, record: recordOf(ledger), release: "20261101-abcdef0" };
}

export function recordOf({ entries }: SampleLedger): ReportFacts["record"] {
  return {
    evidence: entries.filter((entry) => isKind(entry, "evidence")),
    gates: entries.filter((entry) => isKind(entry, "gate")),
  };
}

function refOf({ seq, hash, time }: NonNullable<PhaseState["gate"]>): PhaseState["gate"] {
  return { seq, hash, time };
}
