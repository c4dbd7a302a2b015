import type { SourcePosition } from "../../core/base/error.ts";
import { loadFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** What a finding about an image needs to stand at a line of the repository. */
export interface FleetInRepository {
  /** The fleet's folder within its repository, "" for the top, and where there is none. */
  readonly prefix: string;
  /** By image, where it is declared, seen from the fleet's folder. */
  readonly declaredAt: ReadonlyMap<string, SourcePosition>;
}

export async function fleetInRepository(world: World): Promise<FleetInRepository> {
  const { tree, graph } = await loadFleet(world);
  const git = await tree.git();
  return {
    prefix: git.kind === "git" ? git.prefix : "",
    declaredAt: new Map([...graph.nodes].map(([name, { declared }]) => [name, declared.at])),
  };
}
