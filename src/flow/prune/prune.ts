import type { ExitCode } from "../../core/base/error.ts";
import { type PrunePlan, planPrune } from "../../core/inventory/reach/prune-plan.ts";
import { type HoldOptions, holdLock } from "../hold-lock.ts";
import { openState } from "../open-ledger.ts";
import type { World } from "../world.ts";
import { type Applied, applyPrune } from "./apply.ts";
import { gather, type PruneRules } from "./gather.ts";

export interface PruneFlags extends PruneRules, HoldOptions {
  /** Delete; without it the plan is all. */
  readonly apply: boolean;
}

export interface PruneReport {
  readonly plan: PrunePlan;
  /** Undefined where nothing was to be done, or nothing was asked to be done. */
  readonly applied: Applied | undefined;
  readonly exit: ExitCode;
}

/**
 * The plan, and with `apply` its execution under the fleet's lock, so that no release of ours is made meanwhile. Exit 3
 * where something could not be read: then nothing is deleted.
 */
export async function prune(world: World, flags: PruneFlags): Promise<PruneReport> {
  if (!flags.apply) return report(planPrune((await gather(world, flags)).inputs), undefined);
  return holdLock(world, await openState(world), flags, async () => {
    const gathered = await gather(world, flags);
    const plan = planPrune(gathered.inputs);
    return report(plan, plan.state === "ready" ? await applyPrune(world, gathered, plan) : undefined);
  });
}

function report(plan: PrunePlan, applied: Applied | undefined): PruneReport {
  return { plan, applied, exit: exitOf(plan, applied) };
}

function exitOf(plan: PrunePlan, applied: Applied | undefined): ExitCode {
  if (plan.state === "refused") return 3;
  if (applied?.outcome === "interrupted") return 130;
  if (applied?.outcome === "failed") return 4;
  // What a host does not give up is a finding: to come again would not change it.
  return applied !== undefined && applied.left.length > 0 ? 1 : 0;
}
