import type { PlannedFleet } from "../plan-fleet.ts";
import type { World } from "../world.ts";
import { forecastImages } from "./recorded-sizes.ts";
import { requireSpace } from "./require-space.ts";

/** Before the builds of a plan: what `requireSpace` says of them. */
export async function requirePlannedSpace(world: World, planned: PlannedFleet): Promise<void> {
  const engine = planned.fleet.engine ?? world.engine();
  // Without an engine nothing is built; the build says so.
  if (engine === undefined) return;
  await requireSpace(world, {
    engine,
    host: planned.host,
    images: () => forecastImages(planned, world.kill),
    part: "lapstrake build IMAGE",
  });
}
