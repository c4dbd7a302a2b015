import type { ExitCode } from "../../../core/base/error.ts";
import { type BaselineReport, makeBaselines } from "../../../flow/size/baseline/make-baselines.ts";
import { releasedReductions } from "../../../flow/size/baseline/released-reductions.ts";
import { baselinesJson, renderBaselines } from "../../render/baseline.ts";
import { type Call, flagOn } from "../command.ts";
import { tierOf, waitOf } from "../selection.ts";

/** `size --baseline`: builds what has none, and holds the newest release against all that there are. */
export async function run(call: Call): Promise<ExitCode> {
  const { world, flags, io, operands } = call;
  const tier = tierOf(flags);
  const report = await makeBaselines(world, { services: operands, tier, wait: waitOf(flags) });
  const reductions = await releasedReductions(world, { names: operands, tier });
  call.endProgress();
  if (flagOn(flags, "json")) io.out(`${JSON.stringify(baselinesJson(report, reductions), null, 2)}\n`);
  else io.out(renderBaselines(report, reductions));
  return exitOf(report);
}

function exitOf({ services }: BaselineReport): ExitCode {
  const states = new Set(services.map(({ state }) => state));
  if (states.has("cancelled")) return 130;
  const stands = states.has("built") || states.has("kept");
  if (states.has("failed")) return stands ? 4 : 1;
  return states.has("left") ? 3 : 0;
}
