import type { EngineItem } from "../../core/inventory/reach/engine-leftovers.ts";
import type { World } from "../world.ts";
import type { Gathered } from "./gather.ts";
import { withRemoval } from "./powers.ts";

/** Removes images by their names, and counts: those that went, and names that a container came to use. */
export async function removeFromEngines(
  world: World,
  { engines }: Gathered,
  items: readonly EngineItem[],
  tally: { engineImages: number; readonly inUse: string[] },
): Promise<void> {
  for (const { engine, names } of items) {
    const place = engines.find(({ name }) => name === engine);
    if (place === undefined || world.drain.aborted) continue;
    const removal = withRemoval(await world.engineAt(place.dockerHost));
    const results: string[] = [];
    for (const name of names) results.push(await removal.removeImage(name, { signal: world.kill }));
    const stuck = names.filter((_, index) => results[index] === "in-use");
    tally.inUse.push(...stuck.map((name) => `${name} on ${engine}`));
    if (stuck.length === 0) tally.engineImages += 1;
  }
}
