import type { Tier } from "../../core/blueprint/blueprint.ts";
import { dockerBuildWaves } from "../../core/pipeline/docker-build.ts";
import { runOutputs } from "../../core/pipeline/run-outputs.ts";
import { planFleet } from "../plan-fleet.ts";
import { EVERYTHING } from "../survey-fleet.ts";
import type { World } from "../world.ts";
import { openPipelines, pipelinesOf } from "./open-pipelines.ts";

/** What is left to do for the waves of the build, as outputs of a job. The registry is asked, and no builder. */
export async function planRun(world: World, asked: Tier | undefined): Promise<ReadonlyMap<string, string>> {
  const { inputs } = await openPipelines(world, asked);
  const { settings } = inputs;
  const { fleet, plan } = await planFleet(world, { ...EVERYTHING, tier: settings.tier });
  return runOutputs(plan, dockerBuildWaves(pipelinesOf(fleet, settings).inputs));
}
