import { messageOf } from "../../core/base/error.ts";
import type { EngineFacts } from "../../core/inventory/reach/engine-leftovers.ts";
import type { Unread } from "../../core/inventory/reach/registry-graph.ts";
import type { Fleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

export interface EnginePlace {
  readonly name: string;
  readonly dockerHost: string;
}

/** The engine that was set up here, and those of the blueprint's machines; one that two name is asked once. */
export function enginePlaces(world: World, fleet: Fleet): readonly EnginePlace[] {
  const local = world.engine();
  const named = fleet.blueprint.machines.flatMap(({ name, engine }) =>
    engine === undefined ? [] : [{ name, dockerHost: engine }],
  );
  const all = [...(local === undefined ? [] : [{ name: "local", dockerHost: local.dockerHost }]), ...named];
  return all.filter(
    ({ dockerHost }, index) => all.findIndex((each) => each.dockerHost === dockerHost) === index,
  );
}

/** Images and containers of each. One that does not answer is unread: what it runs is unknown, not nothing. */
export async function readEngines(
  world: World,
  places: readonly EnginePlace[],
): Promise<{ readonly engines: readonly EngineFacts[]; readonly unread: readonly Unread[] }> {
  const engines: EngineFacts[] = [];
  const unread: Unread[] = [];
  const options = { signal: world.kill };
  for (const { name, dockerHost } of places) {
    try {
      const engine = await world.engineAt(dockerHost);
      const [images, containers] = await Promise.all([
        engine.listImages(options),
        engine.listContainers({ all: true, ...options }),
      ]);
      engines.push({
        name,
        images: images.map((image) => ({ ...image, size: image.sizeBytes })),
        containers,
      });
    } catch (error) {
      world.kill.throwIfAborted();
      unread.push({ what: `the engine ${name} at ${dockerHost}`, why: messageOf(error) });
    }
  }
  return { engines, unread };
}
