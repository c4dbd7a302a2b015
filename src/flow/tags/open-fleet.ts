import type { Registry } from "../../edge/registry/port.ts";
import { type Fleet, loadSoundFleet } from "../load-fleet.ts";
import { requireHost, stateOf } from "../survey-fleet.ts";
import type { FleetState, World } from "../world.ts";

/** A fleet with its registry and its ledger: what commands about releases need. No file of an image is read. */
export interface OpenFleet {
  readonly fleet: Fleet;
  readonly host: string;
  readonly registry: Registry;
  readonly state: FleetState;
}

export async function openFleet(world: World): Promise<OpenFleet> {
  return openLoaded(world, await loadSoundFleet(world));
}

export async function openLoaded(world: World, fleet: Fleet): Promise<OpenFleet> {
  const host = requireHost(fleet);
  const { insecure, mirrors } = fleet.blueprint.build;
  const state = await stateOf(world, fleet);
  return { fleet, host, registry: world.registry({ insecure, mirrors }), state };
}
