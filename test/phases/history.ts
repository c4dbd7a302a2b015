import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";
import { parsePlan } from "../../src/core/blueprint/parse-plan.ts";
import type { PhasePlan, RuleKind } from "../../src/core/blueprint/phase-plan.ts";
import { planDigest, planText, ruleDigest } from "../../src/core/phases/digests.ts";
import { gateDocuments } from "../../src/core/phases/gate-documents.ts";
import { replayGates } from "../../src/core/phases/gates.ts";
import { inputsOf } from "../../src/core/phases/inputs.ts";
import type { PhaseRecord } from "../../src/core/phases/phase-record.ts";
import type { DocumentState, PhaseState } from "../../src/core/phases/phase-state.ts";
import { closedDocuments, phaseStates } from "../../src/core/phases/phase-states.ts";
import { ruleStates } from "../../src/core/phases/rule-state.ts";
import { judge } from "../../src/core/phases/rules/judge.ts";
import type { ReleaseFact, Today } from "../../src/core/phases/today.ts";
import { type Entry, type EntryOf, makeEntry } from "../../src/core/record/entry.ts";
import type { Bodies, EvidenceBody, GateBody, Kind } from "../../src/core/record/kinds.ts";

export const NOON = Date.UTC(2026, 2, 4, 12);

/** Phases 0, 1 (with parts 1.1 and 1.2) and 2; a file, a machine by machine rule, and a kind that nobody can answer. */
export const PLAN = `id: p
title: P
machines: [m1, m2]
documents: { postreview: "d/{plan}_{phase}.md", preanalysis: "d/{plan}_{phase}_pre.md" }
phases:
  0:
    title: Protocol
    note: Do not skip.
    constraints: { order: not skip }
    deliverables: [read]
    rules:
      file: { proves: [order], check: { kind: document-present, path: P.md } }
  1:
    title: Build
    note: Build all, then look.
    constraints: { all: Build all, look: look }
    rules:
      stages: { proves: [all], check: { kind: multi-stage, images: all } }
  1.1:
    title: On machines
    constraints: { look: look }
    rules:
      health: { proves: [look], perMachine: true, expires: 30, check: { kind: health-exact, services: [svc] } }
  1.2:
    title: Sizes
    constraints: { look: look }
    rules:
      size: { proves: [look], check: { kind: size-budget, images: all } }
  2:
    title: Audit
    note: Audit it.
    constraints: { audit: Audit }
    rules:
      audit: { proves: [audit], check: { kind: audit, images: all } }
`;

export function planOf(text = PLAN): PhasePlan {
  return parsePlan(text, "plan.yaml", { machines: ["m1", "m2"], images: ["img", "svc"], services: ["svc"] });
}

export function releaseOf(tag: string, more: Partial<ReleaseFact> = {}): ReleaseFact {
  return {
    tag,
    dirty: false,
    partial: false,
    images: ["img", "svc"].map((name) => ({
      name,
      repository: `demo/${name}`,
      identity: digestOf(`${name} identity`),
      digest: digestOf(`${name} digest`),
    })),
    unavailable: [],
    ...more,
  };
}

export function todayOf(plan = planOf(), more: Partial<Today> = {}): Today {
  const image = (name: string, section: "images" | "services") => ({
    name,
    section,
    service: section === "services" ? name : undefined,
    tier: "cpu" as const,
    machines: section === "services" ? ["m1", "m2"] : [],
    parents: [],
    unavailable: undefined,
    stages: 2,
  });
  return {
    now: NOON,
    plan,
    release: releaseOf("R1"),
    images: [image("img", "images"), image("svc", "services")],
    services: [{ name: "svc", planned: false, machines: ["m1", "m2"] }],
    budgets: { cpu: { compressed: 100 }, gpu: {} },
    tags: { scheme: "{date}-{sha}", channels: [] },
    blueprint: digestOf("blueprint"),
    dockerfiles: digestOf("dockerfiles"),
    baselines: new Map(),
    files: new Map([["P.md", digestOf("procedure")]]),
    ...more,
  };
}

/** Kinds that the tests' program can answer: all of the plan's but audit. */
export const PROVABLE: ReadonlySet<RuleKind> = new Set([
  "document-present",
  "multi-stage",
  "health-exact",
  "size-budget",
]);

/** Facts by which a rule of the plan holds, or does not. */
export function factsFor(kind: RuleKind, isGood = true): Json {
  switch (kind) {
    case "document-present":
      return { path: "P.md", digest: digestOf("procedure"), bytes: isGood ? 9 : 0 };
    case "multi-stage":
      return { images: [{ name: "img", stages: isGood ? 2 : 1 }] };
    case "health-exact":
      return {
        release: "R1",
        place: "m",
        engine: "local",
        silent: isGood ? null : "refused",
        expected: isGood ? [] : ["svc"],
        images: isGood ? [] : [{ service: "svc", image: "svc", digest: digestOf("x"), containers: [] }],
      };
    case "size-budget":
      return {
        release: "R1",
        images: [{ name: "img", tier: "cpu", digest: digestOf("x"), bytes: isGood ? 5 : 500, budget: 100 }],
      };
    default:
      return { failure: "nobody" };
  }
}

/** A ledger that a test writes, honestly or not, and what is said of it. */
export class History {
  readonly entries: Entry[] = [];
  readonly raw = new Map<string, Json | undefined>();
  readonly plans = new Map<string, unknown>();
  readonly digests = new Map<string, Digest>();
  time = NOON - 1000;

  append<K extends Kind>(kind: K, body: Bodies[K]): EntryOf<K> {
    const entry = makeEntry(this.entries.at(-1), { time: this.time, kind, body });
    // Entries of any kind are kept as the ledger gives them.
    this.entries.push(entry as unknown as Entry);
    return entry;
  }

  /** Evidence as collecting makes it; `change` is a forger's. */
  collect(
    phase: string,
    today: Today,
    {
      machine,
      isGood = true,
      change = {},
    }: { machine?: string; isGood?: boolean; change?: Partial<EvidenceBody> } = {},
  ): EntryOf<"evidence"> {
    const found = today.plan.phases.find(({ id }) => id === phase)!;
    const [rule] = found.rules;
    const facts = factsFor(rule!.check.kind, isGood);
    const output = digestOf(canonicalJson(facts));
    this.raw.set(output, facts);
    const { outcome, reason } = judge(rule!.check, facts);
    return this.append("evidence", {
      plan: today.plan.id,
      phase,
      rule: rule!.id,
      machine: machine ?? null,
      ruleDigest: ruleDigest(found, rule!),
      outcome,
      reason,
      inputs: inputsOf(rule!.check, today, machine),
      output,
      release: today.release?.tag ?? null,
      tool: "1",
      argv: ["lapstrake"],
      durationMs: 1,
      expires: rule!.expires === undefined ? null : new Date(NOON + rule!.expires * 86_400_000).toISOString(),
      ...change,
    });
  }

  /** Writes the phase's documents. */
  write(phase: string, plan: PhasePlan, text = "review"): void {
    const found = plan.phases.find(({ id }) => id === phase)!;
    for (const { path } of gateDocuments(plan, found)) this.digests.set(path, digestOf(text + path));
  }

  /** A gate as closing makes it; `change` is a forger's. */
  close(phase: string, plan: PhasePlan, change: Partial<GateBody> = {}): EntryOf<"gate"> {
    const found = plan.phases.find(({ id }) => id === phase)!;
    this.write(phase, plan);
    this.plans.set(planDigest(plan), JSON.parse(planText(plan)));
    const newest = new Map(
      this.record.evidence
        .filter(({ body }) => body.phase === phase)
        .map(({ hash, body }) => [`${body.rule} ${body.machine}`, hash]),
    );
    return this.append("gate", {
      plan: plan.id,
      phase,
      state: "done",
      why: null,
      planDigest: planDigest(plan),
      documents: gateDocuments(plan, found).map(({ path }) => ({ path, digest: this.digests.get(path)! })),
      evidence: [...newest.values()],
      ...change,
    });
  }

  get record(): PhaseRecord {
    const ofKind = <K extends Kind>(kind: K): readonly EntryOf<K>[] =>
      this.entries.filter((entry) => entry.kind === kind) as unknown as EntryOf<K>[];
    return { evidence: ofKind("evidence"), gates: ofKind("gate"), claims: ofKind("claims") };
  }

  states(today: Today, provable = PROVABLE): ReadonlyMap<string, PhaseState> {
    const { plan } = today;
    const { record, raw, plans } = this;
    const gates = replayGates(plan, record);
    const rules = new Map(
      plan.phases.map((phase) => [phase.id, ruleStates(phase, { today, record, raw, provable })]),
    );
    const documents = new Map(
      plan.phases.map((phase): [string, readonly DocumentState[]] => {
        const gate = gates.get(phase.id);
        if (gate?.state === "closed") return [phase.id, closedDocuments({ plan }, phase, gate, this.digests)];
        const all = gateDocuments(plan, phase);
        return [
          phase.id,
          all.map(({ kind, path }) => ({ kind, path, digest: this.digests.get(path), findings: [] })),
        ];
      }),
    );
    const states = phaseStates({ plan, record, gates, rules, documents, plans });
    return new Map(states.map((state) => [state.phase.id, state]));
  }

  /** By phase, the verdict and why: `stale: …`. */
  told(today: Today, provable = PROVABLE): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.states(today, provable)].map(([id, { verdict, reason }]) => [id, `${verdict}: ${reason}`]),
    );
  }
}
