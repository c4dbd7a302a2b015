import type { ChainVerdict } from "../core/record/chain.ts";
import type { Entry } from "../core/record/entry.ts";
import { loadFleet } from "./load-fleet.ts";
import { stateOf } from "./survey-fleet.ts";
import type { FleetState, World } from "./world.ts";

/** The state of the fleet that the working directory is in; no registry is asked. */
export async function openState(world: World): Promise<FleetState> {
  return stateOf(world, await loadFleet(world));
}

export async function readLedger(world: World): Promise<readonly Entry[]> {
  return (await openState(world)).ledger.read();
}

export async function verifyLedger(world: World): Promise<ChainVerdict> {
  return (await openState(world)).ledger.verify();
}
