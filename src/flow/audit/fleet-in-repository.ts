import { loadFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** The fleet's folder within its repository, "" for the top, and where there is none. */
export async function fleetInRepository(world: World): Promise<string> {
  const { tree } = await loadFleet(world);
  const git = await tree.git();
  return git.kind === "git" ? git.prefix : "";
}
