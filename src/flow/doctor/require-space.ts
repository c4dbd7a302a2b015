import { LapstrakeError } from "../../core/base/error.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import type { PlannedFleet } from "../plan-fleet.ts";
import type { World } from "../world.ts";
import { describeForecast } from "./describe-forecast.ts";
import { DiskError } from "./disk-error.ts";
import { type DiskForecast, diskForecast } from "./disk-forecast.ts";
import { buildPlaces } from "./engine-places.ts";
import { pruneCommand } from "./prune-command.ts";
import { forecastImages } from "./recorded-sizes.ts";

/**
 * Before a build: DiskError DISK_SHORT where the disk cannot hold what the plan makes whatever is dropped, a warning
 * where it only may not. There is no flag to build all the same: a part of the fleet can be (`lapstrake build IMAGE`),
 * and its size is recorded then. What cannot be found out (an engine elsewhere) stops nothing.
 */
export async function requireSpace(world: World, planned: PlannedFleet): Promise<void> {
  const engine = planned.fleet.engine ?? world.engine();
  // Without an engine nothing is built; the build says so.
  if (engine === undefined) return;
  const forecast = await forecastFor(world, planned, engine);
  if (forecast === undefined || forecast.verdict === "enough") return;
  const message = describeForecast(forecast);
  if (forecast.verdict === "tight") {
    world.onEvent({ type: "note", level: "warning", message: `disk: ${message}` });
    return;
  }
  throw new DiskError("DISK_SHORT", message, {
    hint: `free some space (build cache: ${pruneCommand(engine)}), or build a part: lapstrake build IMAGE`,
    details: { forecast },
  });
}

async function forecastFor(
  world: World,
  planned: PlannedFleet,
  engine: EngineFile,
): Promise<DiskForecast | undefined> {
  try {
    const machine = await world.machine();
    const [places, images] = await Promise.all([
      buildPlaces({
        machine,
        engine,
        host: planned.host,
        probe: () => machine.probeEngine(engine, world.kill),
      }),
      forecastImages(planned, world.kill),
    ]);
    return diskForecast({ images, places });
  } catch (error) {
    // An engine or a disk that cannot be asked: the build itself will say what is wrong.
    if (world.kill.aborted || !(error instanceof LapstrakeError)) throw error;
    return undefined;
  }
}
