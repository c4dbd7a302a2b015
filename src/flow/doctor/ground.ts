import { LapstrakeError } from "../../core/base/error.ts";
import type { EngineProbe } from "../../edge/engine/probe.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { EngineFile } from "../../edge/tree/engine-file.ts";
import { type Fleet, loadFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";
import type { Machine } from "./machine.ts";

export type EngineFound =
  | { readonly state: "found"; readonly file: EngineFile }
  | { readonly state: "none" }
  | { readonly state: "damaged"; readonly error: LapstrakeError };

export type FleetFound =
  | { readonly state: "loaded"; readonly fleet: Fleet }
  /** No blueprint here or above: only the machine is looked at. */
  | { readonly state: "none" }
  | { readonly state: "broken"; readonly error: LapstrakeError };

/** What the checks stand on: read once, before they start. */
export interface Ground {
  /** As commands have it, but what it asks of registries gives up early. */
  readonly world: World;
  readonly machine: Machine;
  readonly engine: EngineFound;
  readonly fleet: FleetFound;
  readonly registry: Registry;
  /** One answer for all who want it; undefined where there is no engine to ask. */
  readonly probe: Promise<EngineProbe> | undefined;
  /** `scripts/engine up`, as it is typed here. */
  readonly engineUp: string;
}

/** Milliseconds until an engine that takes the call and says nothing counts as dead. */
const ENGINE_PATIENCE_MS = 8_000;

/** Reads engine.json and the fleet's files. Nothing that is wrong with them is thrown. */
export async function readGround(world: World, signal: AbortSignal): Promise<Ground> {
  const machine = await world.machine();
  const engine = findEngine(world);
  // A damaged engine.json is a finding of its own, and must not look like a broken blueprint.
  const own: World = {
    ...world,
    engine: () => (engine.state === "found" ? engine.file : undefined),
    registry: (settings) => machine.registry(settings),
  };
  const fleet = await findFleet(own);
  const build = fleet.state === "loaded" ? fleet.fleet.blueprint.build : undefined;
  return {
    world: own,
    machine,
    engine,
    fleet,
    registry: machine.registry({ insecure: build?.insecure ?? [], mirrors: build?.mirrors ?? {} }),
    probe: engine.state === "found" ? probeOnce(machine, engine.file, signal) : undefined,
    engineUp: `${machine.engineScript} up`,
  };
}

function findEngine(world: World): EngineFound {
  try {
    const file = world.engine();
    return file === undefined ? { state: "none" } : { state: "found", file };
  } catch (error) {
    if (error instanceof LapstrakeError) return { state: "damaged", error };
    throw error;
  }
}

async function findFleet(world: World): Promise<FleetFound> {
  if (world.findBlueprint() === undefined) return { state: "none" };
  try {
    return { state: "loaded", fleet: await loadFleet(world) };
  } catch (error) {
    if (error instanceof LapstrakeError) return { state: "broken", error };
    throw error;
  }
}

function probeOnce(machine: Machine, engine: EngineFile, signal: AbortSignal): Promise<EngineProbe> {
  const patience = AbortSignal.timeout(ENGINE_PATIENCE_MS);
  const probe = machine
    .probeEngine(engine, AbortSignal.any([signal, patience]))
    .catch((error: unknown): EngineProbe => {
      signal.throwIfAborted();
      if (!patience.aborted) throw error;
      const reason = `the engine at ${engine.dockerHost} says nothing for ${ENGINE_PATIENCE_MS / 1000} s`;
      return {
        capabilities: [
          { id: "engine", state: "lacking", reason },
          { id: "containerd-store", state: "unknown", reason: "the engine does not answer" },
        ],
        info: undefined,
      };
    });
  // Those who wait for it handle its failure; nobody may be waiting yet.
  probe.catch(() => undefined);
  return probe;
}
