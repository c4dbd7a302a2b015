import { LapstrakeError, messageOf } from "../../core/base/error.ts";
import type { EngineFact } from "../../core/inventory/observed.ts";
import type { World } from "../world.ts";
import type { EnginePlace } from "./engine-places.ts";

/**
 * What lies on each engine and what runs there: a ping, the images, the containers, and never a call for each image.
 * One that does not answer is unknown.
 */
export function readEngines(world: World, places: readonly EnginePlace[]): Promise<readonly EngineFact[]> {
  return Promise.all(places.map((place) => readEngine(world, place)));
}

async function readEngine(world: World, { name, machines, dockerHost }: EnginePlace): Promise<EngineFact> {
  const options = { signal: world.kill };
  try {
    if (dockerHost === undefined)
      return { name, machines, state: "unknown", why: "no engine was set up here (`scripts/engine up`)" };
    const engine = await world.engineAt(dockerHost);
    // The first call finds the API's version; two at once would both ask for it.
    const images = await engine.listImages({ manifests: true, ...options });
    const containers = await engine.listContainers({ all: true, ...options });
    return { name, machines, state: "read", images, containers };
  } catch (error) {
    world.kill.throwIfAborted();
    // A word that is no engine's address is the caller's mistake.
    if (error instanceof LapstrakeError && error.code === "ENGINE_ADDRESS") throw error;
    return { name, machines, state: "unknown", why: messageOf(error) };
  }
}
