import { openFleet } from "../tags/open-fleet.ts";
import { chooseTargets } from "../verify/choose-targets.ts";
import type { World } from "../world.ts";
import { releaseSboms, type WithoutSbom } from "./release-sboms.ts";

export interface MissingReport {
  /** Images that have SBOMs now. */
  readonly images: readonly string[];
  /** Images that have none, and why. */
  readonly without: readonly WithoutSbom[];
}

/** Puts SBOMs beside what the tree makes, where there are none: what a release does before its gates. */
export async function attachMissing(world: World, names: readonly string[]): Promise<MissingReport> {
  const open = await openFleet(world);
  const { targets } = await chooseTargets(world, open, names, { tree: true });
  const standing = targets.flatMap(({ node, repository, digest }) =>
    digest === undefined ? [] : [{ name: node.name, repository, digest }],
  );
  const unbuilt = targets.flatMap(({ node, digest, source }) =>
    digest === undefined ? [{ name: node.name, why: source }] : [],
  );
  const without = [...unbuilt, ...(await releaseSboms(world, open, standing))];
  const lacking = new Set(without.map(({ name }) => name));
  return { images: standing.flatMap(({ name }) => (lacking.has(name) ? [] : [name])), without };
}
