import type { ExitCode } from "../../../../core/base/error.ts";
import { planRun } from "../../../../flow/ci/plan-run.ts";
import { type Call, flagOn } from "../../command.ts";
import { tierOf } from "../../selection.ts";

/** As a server reads outputs of a step: NAME=VALUE, one a line. */
export async function run({ flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const outputs = await planRun(world, tierOf(flags));
  endProgress();
  io.out(
    flagOn(flags, "json")
      ? `${JSON.stringify({ version: 1, outputs: Object.fromEntries(outputs) }, null, 2)}\n`
      : [...outputs].map(([name, value]) => `${name}=${value}\n`).join(""),
  );
  return 0;
}
