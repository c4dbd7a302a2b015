import { LapstrakeError } from "../../core/base/error.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import type { World } from "../world.ts";
import { describeForecast } from "./describe-forecast.ts";
import { DiskError } from "./disk-error.ts";
import { type DiskForecast, diskForecast, type ForecastImage } from "./disk-forecast.ts";
import { buildPlaces } from "./engine-places.ts";
import { pruneCommand } from "./prune-command.ts";

/** What a run will build, and where. */
export interface SpaceAsk {
  readonly engine: EngineFile;
  /** Of the registry that it is pushed to. */
  readonly host: string;
  images(): Promise<readonly ForecastImage[]>;
  /** The command that makes a part of it, whose size is recorded then. */
  readonly part: string;
}

/**
 * Before a build: DiskError DISK_SHORT where the disk cannot hold what will be made whatever is dropped, a warning
 * where it only may not. There is no flag to build all the same: a part of it can be. What cannot be found out (an engine
 * elsewhere) stops nothing.
 */
export async function requireSpace(world: World, ask: SpaceAsk): Promise<void> {
  const { engine, part } = ask;
  const forecast = await forecastFor(world, ask);
  if (forecast === undefined || forecast.verdict === "enough") return;
  const message = describeForecast(forecast);
  if (forecast.verdict === "tight") {
    world.onEvent({ type: "note", level: "warning", message: `disk: ${message}` });
    return;
  }
  throw new DiskError("DISK_SHORT", message, {
    hint: `free some space (build cache: ${pruneCommand(engine)}), or build a part: ${part}`,
    details: { forecast },
  });
}

async function forecastFor(
  world: World,
  { engine, host, images: imagesOf }: SpaceAsk,
): Promise<DiskForecast | undefined> {
  try {
    const machine = await world.machine();
    const [places, images] = await Promise.all([
      buildPlaces({
        machine,
        engine,
        host,
        probe: () => machine.probeEngine(engine, world.kill),
      }),
      imagesOf(),
    ]);
    return diskForecast({ images, places });
  } catch (error) {
    // An engine or a disk that cannot be asked: the build itself will say what is wrong.
    if (world.kill.aborted || !(error instanceof LapstrakeError)) throw error;
    return undefined;
  }
}
