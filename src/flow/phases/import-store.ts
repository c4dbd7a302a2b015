import { resolve } from "node:path";
import type { ExitCode } from "../../core/base/error.ts";
import { StoreError } from "../../core/phases/import/store-error.ts";
import { claimsIn, parseTaskStore, type StoreClaims } from "../../core/phases/import/task-store.ts";
import { holdLock } from "../hold-lock.ts";
import type { World } from "../world.ts";
import { requirePlan } from "./find-phase.ts";
import { openPhases } from "./open-phases.ts";
import { readFileOf } from "./read-files.ts";

export interface ImportAsk {
  readonly plan: string | undefined;
  /** Relative to the working directory. */
  readonly file: string;
  readonly wait: number;
  readonly command: string;
}

export interface ImportReport extends StoreClaims {
  readonly plan: string;
  readonly file: string;
  readonly exit: ExitCode;
}

/**
 * Takes over what todo_manager's store says of the plan's phases: as claims, which are shown beside a phase and prove
 * nothing. The file itself is kept as it was, and not changed.
 */
export async function importStore(world: World, ask: ImportAsk): Promise<ImportReport> {
  const opened = await openPhases(world);
  const { plan, state } = opened;
  requirePlan(plan, ask.plan);
  const bytes = await readFileOf(opened.fleet, resolve(world.cwd, ask.file));
  if (bytes === undefined) throw new StoreError("STORE_MISSING", `there is no file ${ask.file}`);
  const found = claimsIn(parseTaskStore(new TextDecoder().decode(bytes), ask.file), plan);
  await holdLock(world, state, ask, async () => {
    const source = await state.evidence.put(bytes);
    await state.ledger.append("claims", { plan: plan.id, file: ask.file, source, claims: found.claims });
  });
  return { plan: plan.id, file: ask.file, ...found, exit: 0 };
}
