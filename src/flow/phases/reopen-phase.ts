import type { ExitCode } from "../../core/base/error.ts";
import { planText } from "../../core/phases/digests.ts";
import { holdLock } from "../hold-lock.ts";
import type { World } from "../world.ts";
import { findPhase, requirePlan } from "./find-phase.ts";
import type { DoneAsk } from "./finish-phase.ts";
import { openPhases, type PhasePorts, viewPhases } from "./open-phases.ts";

export interface ReopenAsk extends DoneAsk {
  readonly why: string;
  /** What another run is shown. */
  readonly command: string;
}

export interface ReopenReport {
  readonly plan: string;
  readonly phase: string;
  readonly outcome: "reopened" | "was-open";
  /** Phases that were done and stand on it. */
  readonly affected: readonly string[];
  readonly exit: ExitCode;
}

/** Opens a closed phase again; why is kept for good. What stands on it is stale until it is closed again. */
export async function reopenPhase(world: World, ask: ReopenAsk, ports: PhasePorts): Promise<ReopenReport> {
  const opened = await openPhases(world);
  const { plan, state } = opened;
  requirePlan(plan, ask.plan);
  const phase = findPhase(plan, ask.phase);
  return holdLock(world, state, ask, async () => {
    const before = await viewPhases(world, opened, ports);
    const gate = before.gates.get(phase.id);
    const base = { plan: plan.id, phase: phase.id };
    if (gate === undefined || gate.state === "reopened" || gate.state === "refused")
      return { ...base, outcome: "was-open", affected: [], exit: 0 };
    const planDigest = await state.evidence.put(new TextEncoder().encode(planText(plan)));
    await state.ledger.append("gate", {
      ...base,
      state: "reopened",
      why: ask.why,
      planDigest,
      documents: [],
      evidence: [],
    });
    const after = await viewPhases(world, opened, ports);
    const affected = before.phases
      .filter(({ phase: { id }, verdict }) => {
        const now = after.phases.find((each) => each.phase.id === id)?.verdict;
        return id !== phase.id && verdict === "done" && now !== "done";
      })
      .map(({ phase: { id } }) => id);
    return { ...base, outcome: "reopened", affected, exit: 0 };
  });
}
