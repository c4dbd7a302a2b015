import type { ImportResult } from "../../edge/scanner/database/port.ts";
import { FlowError } from "../error.ts";
import { loadFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";
import { exportPlace } from "./export-place.ts";

/** Fetches the exports that are named, else those of the blueprint. Throws what `AdvisoryDatabases.update` does. */
export async function updateDatabase(world: World, named: readonly string[]): Promise<ImportResult> {
  const sources =
    named.length > 0 ? named.map((each) => exportPlace(each, world.cwd)) : await configuredSources(world);
  const databases = await world.advisories();
  for (const source of sources)
    world.onEvent({ type: "note", level: "info", message: `reading advisories: ${source}` });
  // There is nothing to finish: what was kept stays until all was read.
  return databases.update(sources, { signal: AbortSignal.any([world.drain, world.kill]) });
}

async function configuredSources(world: World): Promise<readonly string[]> {
  const { blueprint, folder } = await loadFleet(world);
  const sources = blueprint.gates?.vulnerabilities.osv?.sources;
  if (sources === undefined)
    throw new FlowError("NO_ADVISORIES", `${blueprint.file} names no exports of advisories`, {
      hint: "name them here (lapstrake db update FILE|URL…) or in gates.vulnerabilities.osv.sources",
    });
  return sources.map((each) => exportPlace(each, folder));
}
