import { rmSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import type { Workbench } from "./workbench.ts";

/** Removes what lapstrake remembers of the sizes, times and hashes of the fleet's files: the next run reads them all. */
export function forgetStats(bench: Workbench, fleet: GeneratedFleet): void {
  rmSync(join(bench.stateOf(fleet), "stat-cache.json"), { force: true });
}
