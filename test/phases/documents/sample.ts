import { type Digest, digestOf } from "../../../src/core/base/digest.ts";
import type { EvidenceRule, Phase, PhasePlan } from "../../../src/core/blueprint/phase-plan.ts";
import {
  type DocumentKind,
  type DocumentSubject,
  type ProvenPhase,
  ruleKey,
} from "../../../src/core/phases/documents/subject.ts";
import type { RuleState, RuleVerdict } from "../../../src/core/phases/phase-state.ts";
import { type Entry, type EntryOf, makeEntry } from "../../../src/core/record/entry.ts";
import type { EvidenceBody, Kind } from "../../../src/core/record/kinds.ts";

const AT = { file: "plan.yaml", line: 1, column: 1 };

export const PLAN: PhasePlan = {
  file: "plan.yaml",
  id: "harbour_20261101",
  title: "Images of the harbour",
  machines: ["crane", "barge"],
  documents: {
    postreview: "docs/{plan}_phase{phase}_postreview.md",
    preanalysis: "docs/{plan}_phase{phase}_preanalysis.md",
  },
  phases: [
    phase("1", "Build the bases", {
      note: "Bases must be reproducible (hash-locked), non-root with `tini`,\nand ≥40% smaller | correctly tagged.",
      constraints: {
        locked: "reproducible (hash-locked)",
        user: "non-root with `tini`",
        size: "≥40% smaller | correctly tagged",
      },
      deliverables: ["nine images in the registry", "a lock for each of them"],
      rules: [
        rule("locks-verified", ["locked"]),
        rule("runs-as-user", ["user"], true),
        rule("sizes", ["size", "locked"]),
        rule("inventory", []),
      ],
    }),
    phase("2", "Audit what they need", {
      note: "Add only *strictly* required libraries.",
      constraints: { strict: "only *strictly* required" },
      deliverables: ["a report for each image"],
      rules: [rule("audit", ["strict"])],
      requires: ["1"],
    }),
    phase("3", "Close", { note: "Tested is what counts.", constraints: {}, deliverables: [], rules: [] }),
  ],
  risks: [
    {
      id: "R1",
      risk: "a driver that is too old",
      likelihood: "low",
      impact: "high",
      mitigation: "look at the driver | first",
      detector: "lapstrake risk R1",
      fallback: "lapstrake rollback",
      phases: [],
      at: AT,
    },
    {
      id: "R2",
      risk: "a base that ends",
      likelihood: "medium",
      impact: "medium",
      mitigation: "move to a newer one",
      detector: "lapstrake risk R2",
      fallback: "lapstrake rollback --to OLD",
      phases: ["2"],
      at: AT,
    },
  ],
};

interface PhaseParts {
  readonly note: string;
  readonly constraints: Readonly<Record<string, string>>;
  readonly deliverables: readonly string[];
  readonly rules: readonly EvidenceRule[];
  readonly requires?: readonly string[];
}

function phase(id: string, title: string, parts: PhaseParts): Phase {
  const constraints = Object.entries(parts.constraints).map(([id, quote]) => ({ id, quote, at: AT }));
  return { id, title, requires: [], ...parts, constraints, at: AT };
}

function rule(id: string, proves: readonly string[], perMachine = false): EvidenceRule {
  return { id, proves, perMachine, check: { kind: "plan-sound" }, at: AT };
}

export const PHASE_1 = PLAN.phases[0]!;
export const PHASE_2 = PLAN.phases[1]!;

/** The evidence entries of a ledger, one for each rule that has some. */
export class SampleLedger {
  readonly entries: EntryOf<Kind>[] = [];

  record(body: Pick<EvidenceBody, "phase" | "rule"> & Partial<EvidenceBody>): EntryOf<"evidence"> {
    const entry = makeEntry(this.entries.at(-1), {
      time: Date.UTC(2026, 10, 1, 0, this.entries.length),
      kind: "evidence",
      body: {
        plan: PLAN.id,
        machine: null,
        ruleDigest: digestOf("rule"),
        outcome: "holds",
        reason: "it is so",
        inputs: {},
        output: digestOf("output"),
        release: "20261101-abcdef0",
        tool: "0.1.0",
        argv: ["lapstrake", "phase", "collect"],
        durationMs: 5,
        expires: null,
        ...body,
      },
    });
    this.entries.push(entry);
    return entry;
  }

  recordGate(phase: string): EntryOf<"gate"> {
    const body = { plan: PLAN.id, phase, state: "done", why: null, documents: [], evidence: [] } as const;
    const entry = makeEntry(this.entries.at(-1), {
      time: Date.UTC(2026, 10, 2),
      kind: "gate",
      body: { ...body, planDigest: digestOf("plan") },
    });
    this.entries.push(entry);
    return entry;
  }

  readonly entry = (hash: Digest): Entry | undefined =>
    // An entry of a kind is an entry; its body has no index signature.
    this.entries.find((each) => each.hash === hash) as Entry | undefined;
}

export interface Outcome {
  readonly verdict?: RuleVerdict;
  readonly reason?: string;
  /** Names of inputs; "a" twice has the same digest. */
  readonly inputs?: readonly string[];
}

/** What a phase's rules came to: all hold unless told. Evidence is recorded where the verdict has some. */
export function provenPhase(
  of: Phase,
  ledger: SampleLedger,
  outcomes: Readonly<Record<string, Outcome>> = {},
): ProvenPhase {
  const asked = of.rules.flatMap((rule) =>
    (rule.perMachine ? PLAN.machines : [undefined]).map((machine) => ({ rule, machine })),
  );
  return {
    phase: of,
    rules: asked.map((each) => proven(of, ledger, { ...each, ...outcomes[ruleKey(each)] })),
  };
}

function proven(
  of: Phase,
  ledger: SampleLedger,
  { rule, machine, verdict = "holds", ...rest }: Outcome & Pick<RuleState, "rule" | "machine">,
): RuleState {
  const { reason = `${rule.id} was seen`, inputs = [`${rule.id} of images`, "lock | all"] } = rest;
  const command = `lapstrake phase collect ${of.id} --rule ${rule.id}`;
  const state = { rule, machine, verdict, reason, command };
  if (verdict === "missing" || verdict === "not-provable")
    return { ...state, evidence: undefined, inputs: {} };
  const digests = Object.fromEntries(inputs.map((name) => [name, digestOf(name)]));
  const entry = ledger.record({
    phase: of.id,
    rule: rule.id,
    machine: machine ?? null,
    reason,
    inputs: digests,
    outcome: verdict === "stale" ? "holds" : verdict,
  });
  return { ...state, evidence: { seq: entry.seq, hash: entry.hash, time: entry.time }, inputs: digests };
}

export function subject(
  ledger = new SampleLedger(),
  options: { readonly kind?: DocumentKind; readonly outcomes?: Readonly<Record<string, Outcome>> } = {},
): DocumentSubject {
  const { kind = "postreview", outcomes } = options;
  return {
    plan: PLAN,
    kind,
    state: provenPhase(kind === "postreview" ? PHASE_1 : PHASE_2, ledger, outcomes),
  };
}
