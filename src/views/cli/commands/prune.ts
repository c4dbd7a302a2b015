import type { ExitCode } from "../../../core/base/error.ts";
import { prune } from "../../../flow/prune/prune.ts";
import { restorePruned } from "../../../flow/prune/restore.ts";
import { renderPrune, renderRestored } from "../../render/prune.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";
import { countOf, waitOf } from "../selection.ts";

const KEEP = 10;
const DAYS = 30;

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  const file = flagText(flags, "restore");
  if (file !== undefined) return restore(call, file);
  const report = await prune(world, {
    keep: countOf(flags, "keep", 1) ?? KEEP,
    olderThanDays: countOf(flags, "older-than", 0) ?? DAYS,
    apply: flagOn(flags, "apply"),
    wait: waitOf(flags),
    command: "lapstrake prune --apply",
  });
  call.endProgress();
  const { plan, applied } = report;
  io.out(
    flagOn(flags, "json")
      ? `${JSON.stringify({ version: 1, plan, applied: applied ?? null }, null, 2)}\n`
      : renderPrune(report),
  );
  return report.exit;
}

async function restore({ flags, io, world, endProgress }: Call, file: string): Promise<ExitCode> {
  if (flagOn(flags, "apply")) throw new UsageError("USAGE_FLAG", "--apply and --restore exclude each other");
  const report = await restorePruned(world, {
    file,
    wait: waitOf(flags),
    command: "lapstrake prune --restore",
  });
  endProgress();
  const { restored, left } = report;
  io.out(
    flagOn(flags, "json")
      ? `${JSON.stringify({ version: 1, restored, left }, null, 2)}\n`
      : renderRestored(report),
  );
  return report.exit;
}
