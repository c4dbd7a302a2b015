import type { Entry } from "../core/record/entry.ts";
import { type Fleet, loadFleet } from "./load-fleet.ts";
import { stateOf } from "./survey-fleet.ts";
import type { FleetState, World } from "./world.ts";

/** The state of the fleet that the working directory is in; no registry is asked. */
export async function openState(world: World): Promise<FleetState> {
  return stateOf(world, await loadFleet(world));
}

export interface FleetLedger {
  readonly fleet: Fleet;
  /** The whole chain was verified. */
  readonly entries: readonly Entry[];
}

/** Throws LedgerError LEDGER_BROKEN. */
export async function readLedger(world: World): Promise<FleetLedger> {
  const fleet = await loadFleet(world);
  return { fleet, entries: await (await stateOf(world, fleet)).ledger.read() };
}
