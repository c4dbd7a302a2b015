import type { ExitCode } from "../../../core/base/error.ts";
import { buildFleet } from "../../../flow/build-fleet.ts";
import { planFleet } from "../../../flow/plan-fleet.ts";
import { buildJson, renderBuild } from "../../render/build.ts";
import { type Call, flagOn } from "../command.ts";
import { countOf, selectionOf } from "../selection.ts";
import { writeFindings } from "../write-findings.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  const planned = await planFleet(world, selectionOf(call));
  writeFindings(call, planned.findings);
  const lock = await planned.state.lock({
    command: "lapstrake build",
    wait: (countOf(flags, "wait", 0) ?? 0) * 1000,
    signal: world.drain,
  });
  try {
    const report = await buildFleet(world, planned, {
      jobs: countOf(flags, "jobs", 1),
      failFast: flagOn(flags, "fail-fast"),
      noCache: flagOn(flags, "no-cache"),
    });
    call.endProgress();
    io.out(flagOn(flags, "json") ? `${JSON.stringify(buildJson(report), null, 2)}\n` : renderBuild(report));
    return report.exit;
  } finally {
    await lock.release();
  }
}
