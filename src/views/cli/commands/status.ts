import type { ExitCode } from "../../../core/base/error.ts";
import { status } from "../../../flow/status.ts";
import { renderStatus } from "../../render/status.ts";
import { type Call, flagOn } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const report = await status(call.world);
  call.endProgress();
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify({ version: 1, ...report }, null, 2)}\n`
      : renderStatus(report),
  );
  return 0;
}
