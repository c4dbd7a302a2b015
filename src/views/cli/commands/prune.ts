import type { ExitCode } from "../../../core/base/error.ts";
import { prune } from "../../../flow/prune/prune.ts";
import { renderPrune } from "../../render/prune.ts";
import { type Call, flagOn } from "../command.ts";
import { countOf, waitOf } from "../selection.ts";

const KEEP = 10;
const DAYS = 30;

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
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
