import { join } from "node:path";
import type { Baseline } from "../../../core/blueprint/baseline.ts";
import type { Fleet } from "../../load-fleet.ts";
import type { World } from "../../world.ts";

type Place = Pick<Fleet, "tree" | "lockFile">;

/** Beside the lock: `lapstrake.baseline`, relative to the blueprint's folder. */
export function baselineFile({ lockFile }: Pick<Fleet, "lockFile">): string {
  return lockFile.replace(/\.lock$/, ".baseline");
}

/** Empty where there is no such file. Throws BlueprintError BASELINE_INVALID. */
export async function readBaseline(fleet: Place): Promise<Baseline> {
  const file = baselineFile(fleet);
  const bytes = await fleet.tree.read(file);
  if (bytes === undefined) return { version: 1, services: {} };
  const { parseBaseline } = await import("../../../core/blueprint/parse-baseline.ts");
  return parseBaseline(new TextDecoder().decode(bytes), file);
}

export async function writeBaseline(
  world: Pick<World, "writeFile">,
  fleet: Pick<Fleet, "folder" | "lockFile">,
  baseline: Baseline,
): Promise<void> {
  const { formatBaseline } = await import("../../../core/blueprint/format-baseline.ts");
  await world.writeFile(join(fleet.folder, baselineFile(fleet)), formatBaseline(baseline));
}
