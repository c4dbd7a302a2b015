import type { ImageRef } from "../../src/core/oci/reference.ts";
import type { EngineFile } from "../../src/edge/tree/engine-file.ts";
import { requireEngine } from "./engine.ts";

/** The reference fleet as it was released, and the engine that can run its images. */
export interface FleetUnderTest {
  readonly engine: EngineFile;
  refOf(name: string): ImageRef & { readonly tag: string };
}

/** LAPSTRAKE_FLEET_TAG: the tag of a release on the registry that scripts/engine started, GPU images included. */
export async function fleetUnderTest(): Promise<FleetUnderTest | undefined> {
  const engine = await requireEngine();
  const tag = process.env["LAPSTRAKE_FLEET_TAG"];
  if (engine === undefined || tag === undefined) return undefined;
  return {
    engine,
    refOf: (name) => ({ host: engine.registry, repository: `haymayndzultra/${name}`, tag }),
  };
}
