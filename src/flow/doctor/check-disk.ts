import { LapstrakeError } from "../../core/base/error.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import { type PlannedFleet, planFleet } from "../plan-fleet.ts";
import { type Answer, type Check, failure, ok, unknown, warning } from "./check.ts";
import { describeForecast } from "./describe-forecast.ts";
import { diskForecast, type ForecastPlace } from "./disk-forecast.ts";
import { buildPlaces } from "./engine-places.ts";
import { gigabytes } from "./gigabytes.ts";
import type { Ground } from "./ground.ts";
import { pruneCommand } from "./prune-command.ts";
import { forecastImages } from "./recorded-sizes.ts";
import { ownHost } from "./registry-hosts.ts";

const ID = "disk";
/** It plans, which asks the registry about every image. */
const LIMIT_MS = 20_000;
/** Where there is no plan to forecast from: the engine's own garbage collection begins at half of this. */
const LITTLE_BYTES = 10e9;

/** What the plan would write, against what is free where engine and registry keep it. */
export function diskCheck(ground: Ground): Check {
  return {
    ids: [ID],
    area: "environment",
    limitMs: LIMIT_MS,
    late: "unknown",
    run: async (signal) => [await look(ground, signal)],
  };
}

async function look(ground: Ground, signal: AbortSignal): Promise<Answer> {
  const { engine, machine, probe } = ground;
  if (engine.state !== "found" || probe === undefined)
    return unknown(ID, "there is no engine whose disk to look at");
  const places = await buildPlaces({
    machine,
    engine: engine.file,
    probe: () => probe,
    host: ownHost(ground) ?? engine.file.registry,
  });
  if (places.length === 0) {
    return unknown(
      ID,
      `the engine at ${engine.file.dockerHost} keeps its data where this machine cannot look`,
    );
  }
  if (ground.fleet.state === "none")
    return machineOnly({ places, file: engine.file, why: "no blueprint to plan from" });
  try {
    return await judge(await plan(ground, signal), { places, file: engine.file, signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof LapstrakeError)) throw error;
    const why = `no forecast, since nothing can be planned: ${error.message}`;
    const alone = machineOnly({ places, file: engine.file, why });
    // Room for nothing in particular is not good news.
    return alone.status === "ok" ? unknown(ID, alone.finding) : alone;
  }
}

function plan({ world }: Ground, signal: AbortSignal): Promise<PlannedFleet> {
  return planFleet({ ...world, kill: AbortSignal.any([world.kill, signal]) });
}

interface Disk {
  readonly places: readonly ForecastPlace[];
  readonly file: EngineFile;
}

async function judge(
  planned: PlannedFleet,
  { places, file, signal }: Disk & { signal: AbortSignal },
): Promise<Answer> {
  const images = await forecastImages(planned, signal);
  if (images.length === 0) return machineOnly({ places, file, why: "nothing is to be built" });
  const forecast = diskForecast({ images, places });
  const finding = describeForecast(forecast);
  switch (forecast.verdict) {
    case "enough":
      return ok(ID, finding);
    case "tight":
      return warning(ID, finding, pruneCommand(file));
    case "short":
      return failure(ID, finding, pruneCommand(file));
  }
}

function machineOnly({ places, file, why }: Disk & { readonly why: string }): Answer {
  const least = places.reduce((a, b) => (b.freeBytes < a.freeBytes ? b : a));
  const finding = `${gigabytes(least.freeBytes)} free at ${least.path}; ${why}`;
  return least.freeBytes < LITTLE_BYTES ? warning(ID, finding, pruneCommand(file)) : ok(ID, finding);
}
