import type { ExitCode } from "../../../core/base/error.ts";
import { lockFleet } from "../../../flow/lock-fleet.ts";
import { renderLock } from "../../render/lock.ts";
import { type Call, flagOn } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const report = await lockFleet(call.world, { dryRun: flagOn(call.flags, "dry-run") });
  call.endProgress();
  call.io.out(
    flagOn(call.flags, "json")
      ? `${JSON.stringify({ version: 1, ...report }, null, 2)}\n`
      : renderLock(report),
  );
  // Not all that was asked could be looked up; what the lock says is still true.
  return report.kept.length === 0 ? 0 : 3;
}
