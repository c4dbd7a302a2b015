import { rmSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import { BenchFailure } from "./failure.ts";
import type { Workbench } from "./workbench.ts";

/**
 * Removes what lapstrake remembers of the sizes, times and hashes of the fleet's files: the next run reads them all.
 * Throws BenchFailure where there is nothing to remove, because then "no stat cache" would mean nothing.
 */
export function forgetStats(bench: Workbench, fleet: GeneratedFleet): void {
  try {
    rmSync(join(bench.treeStateOf(fleet), "stat-cache"));
  } catch (error) {
    throw new BenchFailure(`expected a stat cache of the run before: ${String(error)}`);
  }
}
