import type { ExitCode } from "../../../core/base/error.ts";
import { buildFleet } from "../../../flow/build-fleet.ts";
import { holdLock } from "../../../flow/hold-lock.ts";
import { planFleet } from "../../../flow/plan-fleet.ts";
import { buildJson, renderBuild } from "../../render/build.ts";
import { renderPlan } from "../../render/plan.ts";
import { type Call, flagOn } from "../command.ts";
import { countOf, selectionOf, waitOf } from "../selection.ts";
import { writeFindings } from "../write-findings.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  const selection = selectionOf(call);
  const build = {
    jobs: countOf(flags, "jobs", 1),
    failFast: flagOn(flags, "fail-fast"),
    noCache: flagOn(flags, "no-cache"),
  };
  const planned = await planFleet(world, selection);
  writeFindings(call, planned.findings);
  if (flagOn(flags, "dry-run")) {
    call.endProgress();
    io.out(flagOn(flags, "json") ? `${JSON.stringify(planned.plan, null, 2)}\n` : renderPlan(planned.plan));
    return 0;
  }
  const hold = { command: "lapstrake build", wait: waitOf(flags) };
  const report = await holdLock(world, planned.state, hold, async (waited) =>
    buildFleet(world, waited ? await planFleet(world, selection) : planned, build),
  );
  call.endProgress();
  io.out(flagOn(flags, "json") ? `${JSON.stringify(buildJson(report), null, 2)}\n` : renderBuild(report));
  return report.exit;
}
