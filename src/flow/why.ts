import { nodeOf } from "../core/graph/image-graph.ts";
import type { PlannedImage } from "../core/plan/plan.ts";
import { type PlannedFleet, planFleet } from "./plan-fleet.ts";
import { EVERYTHING } from "./survey-fleet.ts";
import type { World } from "./world.ts";

/** Why an image is as it is, and under it the same for each parent that moved. */
export interface WhyChain {
  readonly image: PlannedImage;
  readonly because: readonly WhyChain[];
}

/** Follows moved and pending parents up to the files, arguments and settings that moved them. */
export async function why(
  world: World,
  name: string,
): Promise<{ readonly chain: WhyChain; readonly planned: PlannedFleet }> {
  const planned = await planFleet(world, EVERYTHING, { history: "all" });
  const node = nodeOf(planned.fleet.graph, name);
  const images = new Map(planned.plan.images.map((image) => [image.name, image]));
  return { chain: chainOf(node.name, images), planned };
}

function chainOf(name: string, images: ReadonlyMap<string, PlannedImage>): WhyChain {
  const image = images.get(name);
  if (image === undefined) throw new Error(`${name} is in the graph but not in the plan`);
  const moved = image.reasons.flatMap((reason) =>
    reason.kind === "parent" || reason.kind === "parent-pending" ? [reason.name] : [],
  );
  // A reason names a parent as its Dockerfile does; images of the fleet are followed, roots end the chain.
  const parents = image.parents.filter((parent) =>
    moved.some((key) => key === parent || key.endsWith(`/${parent}`) || key.includes(`/${parent}:`)),
  );
  return { image, because: parents.map((parent) => chainOf(parent, images)) };
}
