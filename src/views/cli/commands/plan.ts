import type { ExitCode } from "../../../core/base/error.ts";
import { planFleet } from "../../../flow/plan-fleet.ts";
import { renderPlan } from "../../render/plan.ts";
import type { Call } from "../command.ts";
import { flagOn } from "../command.ts";
import { selectionOf } from "../selection.ts";
import { writeFindings } from "../write-findings.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { plan, findings } = await planFleet(call.world, selectionOf(call));
  call.endProgress();
  writeFindings(call, findings);
  call.io.out(flagOn(call.flags, "json") ? `${JSON.stringify(plan, null, 2)}\n` : renderPlan(plan));
  return 0;
}
