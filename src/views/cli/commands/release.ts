import type { ExitCode } from "../../../core/base/error.ts";
import { release } from "../../../flow/release.ts";
import { releaseJson, renderRelease } from "../../render/release.ts";
import { type Call, flagOn } from "../command.ts";
import { countOf, tierOf } from "../selection.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  const report = await release(world, {
    jobs: countOf(flags, "jobs", 1),
    failFast: flagOn(flags, "fail-fast"),
    noCache: false,
    partial: flagOn(flags, "partial"),
    allowDirty: flagOn(flags, "allow-dirty"),
    tier: tierOf(flags),
    wait: (countOf(flags, "wait", 0) ?? 0) * 1000,
    command: "lapstrake release",
  });
  call.endProgress();
  io.out(flagOn(flags, "json") ? `${JSON.stringify(releaseJson(report), null, 2)}\n` : renderRelease(report));
  return report.exit;
}
