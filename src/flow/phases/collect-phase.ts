import type { ExitCode } from "../../core/base/error.ts";
import type { Phase, PhasePlan } from "../../core/blueprint/phase-plan.ts";
import { closingOrder } from "../../core/phases/order.ts";
import type { PhaseState } from "../../core/phases/phase-state.ts";
import { machinesOf } from "../../core/phases/rule-state.ts";
import { holdLock } from "../hold-lock.ts";
import type { World } from "../world.ts";
import { type CollectedRule, type CollectOptions, collectRules, type Target, viewNewest } from "./collect.ts";
import { findPhase, requireMachine, requirePlan } from "./find-phase.ts";
import { openPhases, viewPhases } from "./open-phases.ts";

/** Which phase a command is about; the next one where none is named. */
export interface PhaseAsk {
  readonly plan: string | undefined;
  readonly phase: string | undefined;
}

export interface CollectAsk extends PhaseAsk {
  /** Only what is asked for this machine. */
  readonly machine: string | undefined;
  /** Milliseconds to wait for another run of this fleet. */
  readonly wait: number;
}

export interface CollectReport {
  readonly plan: string;
  readonly phase: string;
  readonly release: string | undefined;
  readonly results: readonly CollectedRule[];
  readonly state: PhaseState | undefined;
  readonly exit: ExitCode;
}

/** Collects the evidence of a phase on the newest release. Evidence of a later phase may be collected early: it proves, it closes nothing. */
export async function collectPhase(
  world: World,
  ask: CollectAsk,
  options: CollectOptions,
): Promise<CollectReport> {
  const opened = await openPhases(world);
  requirePlan(opened.plan, ask.plan);
  requireMachine(opened.plan, ask.machine);
  if (ask.phase !== undefined) findPhase(opened.plan, ask.phase);
  const command = options.argv.join(" ");
  return holdLock(world, opened.state, { command, wait: ask.wait }, async () => {
    const { view, open, release } = await viewNewest(world, opened, options);
    const phase =
      ask.phase === undefined ? firstOpen(opened.plan, view.phases) : findPhase(opened.plan, ask.phase);
    const targets = targetsOf(phase, opened.plan).filter(
      ({ machine }) => ask.machine === undefined || machine === ask.machine,
    );
    const results = await collectRules(world, { view, open, targets }, options);
    const after = await viewPhases(world, opened, { ...options, release });
    return {
      plan: opened.plan.id,
      phase: phase.id,
      release: release?.tag,
      results,
      state: after.phases.find((state) => state.phase.id === phase.id),
      exit: results.every(({ outcome }) => outcome === "holds") ? 0 : 1,
    };
  });
}

/** A phase's rules, machine by machine in the plan's order. */
export function targetsOf(phase: Phase, plan: PhasePlan): readonly Target[] {
  return phase.rules.flatMap((rule) =>
    machinesOf(rule, { plan }).map((machine) => ({ phase, rule, machine })),
  );
}

/** The first that is not done; the last one where all are. */
export function firstOpen(plan: PhasePlan, states: readonly PhaseState[]): Phase {
  const order = closingOrder(plan);
  const open = order.find(({ id }) => states.find((state) => state.phase.id === id)?.verdict !== "done");
  const found = open ?? order.at(-1);
  // The reader of plans takes none without a phase.
  if (found === undefined) throw new Error("the plan has no phase");
  return found;
}
