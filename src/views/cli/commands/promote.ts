import type { ExitCode } from "../../../core/base/error.ts";
import { promote } from "../../../flow/tags/promote.ts";
import { renderPromotion } from "../../render/promote.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";
import { waitOf } from "../selection.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const channel = flagText(flags, "to");
  if (channel === undefined) {
    throw new UsageError("USAGE_FLAG", "`lapstrake promote` needs --to CHANNEL");
  }
  const report = await promote(world, {
    release: operands[0] ?? "",
    channel,
    partial: flagOn(flags, "partial"),
    wait: waitOf(flags),
    command: "lapstrake promote",
  });
  endProgress();
  io.out(
    flagOn(flags, "json")
      ? `${JSON.stringify({ version: 1, ...report }, null, 2)}\n`
      : renderPromotion(report),
  );
  return report.exit;
}
