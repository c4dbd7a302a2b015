import type { ExitCode } from "../../../core/base/error.ts";
import { planFleet } from "../../../flow/plan-fleet.ts";
import { release } from "../../../flow/release.ts";
import { EVERYTHING } from "../../../flow/survey-fleet.ts";
import { renderPlan } from "../../render/plan.ts";
import { releaseJson, renderRelease } from "../../render/release.ts";
import { type Call, flagOn } from "../command.ts";
import { countOf, tierOf, waitOf } from "../selection.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  if (flagOn(flags, "dry-run")) {
    const { plan } = await planFleet(world, { ...EVERYTHING, tier: tierOf(flags) });
    call.endProgress();
    io.out(flagOn(flags, "json") ? `${JSON.stringify(plan, null, 2)}\n` : renderPlan(plan));
    return 0;
  }
  const report = await release(world, {
    jobs: countOf(flags, "jobs", 1),
    failFast: flagOn(flags, "fail-fast"),
    noCache: false,
    partial: flagOn(flags, "partial"),
    allowDirty: flagOn(flags, "allow-dirty"),
    tier: tierOf(flags),
    wait: waitOf(flags),
    command: "lapstrake release",
  });
  call.endProgress();
  io.out(flagOn(flags, "json") ? `${JSON.stringify(releaseJson(report), null, 2)}\n` : renderRelease(report));
  return report.exit;
}
