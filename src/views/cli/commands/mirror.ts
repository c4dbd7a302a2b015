import type { ExitCode } from "../../../core/base/error.ts";
import { mirror } from "../../../flow/tags/mirror.ts";
import { renderMirror } from "../../render/mirror.ts";
import { type Call, flagOn } from "../command.ts";
import { waitOf } from "../selection.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const [release = "", target = ""] = operands;
  const report = await mirror(world, {
    release,
    target,
    wait: waitOf(flags),
    command: "lapstrake mirror",
  });
  endProgress();
  io.out(
    flagOn(flags, "json") ? `${JSON.stringify({ version: 1, ...report }, null, 2)}\n` : renderMirror(report),
  );
  return report.exit;
}
