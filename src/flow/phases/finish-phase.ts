import type { ExitCode } from "../../core/base/error.ts";
import type { Phase } from "../../core/blueprint/phase-plan.ts";
import { planText } from "../../core/phases/digests.ts";
import { earlierPhases } from "../../core/phases/order.ts";
import { refOf } from "../../core/phases/phase-record.ts";
import type { EntryRef, PhaseState } from "../../core/phases/phase-state.ts";
import { isVolatile } from "../../core/phases/rule-kinds.ts";
import type { EntryOf } from "../../core/record/entry.ts";
import { holdLock } from "../hold-lock.ts";
import { type CheckpointResult, signLedger } from "../ledger/checkpoint-ledger.ts";
import type { World } from "../world.ts";
import { type CollectedRule, type CollectOptions, collectRules, stateOf, viewNewest } from "./collect.ts";
import { type PhaseAsk, targetsOf } from "./collect-phase.ts";
import { findPhase, requirePlan } from "./find-phase.ts";
import { openPhases, type PhaseView, viewPhases } from "./open-phases.ts";
import { verifyDocuments } from "./read-documents.ts";

export interface DoneAsk extends PhaseAsk {
  readonly phase: string;
  readonly wait: number;
}

export interface DoneReport {
  readonly plan: string;
  readonly phase: string;
  /** "was-done": nothing had to be written. "refused": nothing was; `missing` says all of why. */
  readonly outcome: "done" | "was-done" | "refused";
  readonly release: string | undefined;
  /** Evidence of earlier phases that was collected again. */
  readonly recollected: readonly CollectedRule[];
  readonly missing: readonly Missing[];
  readonly gate: EntryRef | undefined;
  /** What was signed after the gate's entry, and the files that hold it; undefined where nothing was written. */
  readonly signed: CheckpointResult | undefined;
  readonly exit: ExitCode;
}

/** One thing that keeps a phase from being done, and the command that gives it. */
export interface Missing {
  readonly what: string;
  readonly command: string;
}

/**
 * Closes a phase: first the rules of all earlier phases are collected again on the newest release, where they may have
 * changed; then all earlier phases must be done, its own evidence must hold, and its documents must pass. Only then an
 * entry is written and signed. Otherwise everything that is missing is said at once.
 */
export async function finishPhase(world: World, ask: DoneAsk, options: CollectOptions): Promise<DoneReport> {
  const opened = await openPhases(world);
  requirePlan(opened.plan, ask.plan);
  const phase = findPhase(opened.plan, ask.phase);
  const command = options.argv.join(" ");
  return holdLock(world, opened.state, { command, wait: ask.wait }, async () => {
    const { view, open, release } = await viewNewest(world, opened, options);
    const targets = earlierPhases(opened.plan, phase)
      .flatMap((each) => targetsOf(each, opened.plan))
      .filter((target) => mayHaveChanged(view, target));
    const recollected = await collectRules(world, { view, open, targets }, options);
    const after = await viewPhases(world, opened, { ...options, release });
    const base = { plan: opened.plan.id, phase: phase.id, release: release?.tag, recollected };
    const state = requireState(after, phase);
    if (state.verdict === "done") {
      return { ...base, outcome: "was-done", missing: [], gate: state.gate, signed: undefined, exit: 0 };
    }
    // Those of a closed phase were only compared with what its gate accepted; to close it again they must pass.
    const documents = await verifyDocuments(
      { ...after, entry: after.ledger.entry, verify: options.verify },
      phase,
    );
    const missing = missingFor(after, { ...state, documents });
    if (missing.length > 0)
      return { ...base, outcome: "refused", missing, gate: undefined, signed: undefined, exit: 1 };
    const gate = await closePhase(after, { ...state, documents });
    // The signature covers the gate's entry and everything before it.
    const signed = await signLedger(world, opened, { name: undefined, notes: false });
    return { ...base, outcome: "done", missing: [], gate: refOf(gate), signed, exit: 0 };
  });
}

/** What holds on the same digests still does; but what only the outside knows is asked again. */
function mayHaveChanged(view: PhaseView, target: Parameters<typeof stateOf>[1]): boolean {
  const state = stateOf(view.phases, target);
  return state?.verdict !== "holds" || isVolatile(target.rule.check.kind);
}

function requireState({ phases }: PhaseView, phase: Phase): PhaseState {
  const state = phases.find((each) => each.phase.id === phase.id);
  if (state === undefined) throw new Error(`phase ${phase.id} has no state`);
  return state;
}

/** Everything that is missing, all at once: earlier phases first, then rules, then documents. */
function missingFor({ phases }: PhaseView, { phase, rules, documents }: PhaseState): readonly Missing[] {
  const earlier = phases.filter(
    (state) => phase.requires.includes(state.phase.id) && state.verdict !== "done",
  );
  return [
    ...earlier.map((state) => ({
      what: `phase ${state.phase.id} comes before it and is ${state.verdict}: ${state.reason}`,
      command: `lapstrake phase show ${state.phase.id}`,
    })),
    ...rules
      .filter(({ verdict }) => verdict !== "holds")
      .map(({ rule, machine, verdict, reason, command }) => ({
        what: `${rule.id}${machine === undefined ? "" : ` on ${machine}`} ${verdict}: ${reason}`,
        command,
      })),
    ...documents.flatMap(({ path, digest, findings }) =>
      digest === undefined
        ? [{ what: `there is no ${path}`, command: `lapstrake phase draft ${phase.id}` }]
        : findings.map(({ rule, line, message, hint }) => ({
            what: `${path}:${line}: ${message} [${rule}]`,
            command: hint ?? `edit ${path}`,
          })),
    ),
  ];
}

async function closePhase(
  { plan, state: fleetState }: PhaseView,
  state: PhaseState,
): Promise<EntryOf<"gate">> {
  const planDigest = await fleetState.evidence.put(new TextEncoder().encode(planText(plan)));
  return fleetState.ledger.append("gate", {
    plan: plan.id,
    phase: state.phase.id,
    state: "done",
    why: null,
    planDigest,
    documents: state.documents.flatMap(({ path, digest }) =>
      digest === undefined ? [] : [{ path, digest }],
    ),
    evidence: state.rules.flatMap(({ evidence }) => evidence?.hash ?? []),
  });
}
