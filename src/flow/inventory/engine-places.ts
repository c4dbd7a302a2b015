import type { Fleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** An engine that an inventory looks at. */
export interface EnginePlace {
  /** `local`, a machine's name, or the address itself. */
  readonly name: string;
  /** Undefined for `local` where no engine was set up. */
  readonly dockerHost: string | undefined;
  /** The machines of the blueprint that it serves. */
  readonly machines: readonly string[];
}

/**
 * The engines that were asked for, each once: `local` (that of `engine.json`), `all` (local and those of all machines),
 * a machine's name, `context:NAME`, or an address. None asked for: local, where there is one.
 */
export function enginePlaces(world: World, fleet: Fleet, asked: readonly string[]): readonly EnginePlace[] {
  const local = world.engine()?.dockerHost;
  const { machines } = fleet.blueprint;
  const named = machines.filter(({ engine }) => engine !== undefined).map(({ name }) => name);
  const words = asked.length === 0 ? (local === undefined ? [] : ["local"]) : asked;
  const all = [...(local === undefined ? [] : ["local"]), ...named];
  const places = new Map<string, EnginePlace>();
  for (const word of words.flatMap((each) => (each === "all" ? all : [each]))) {
    const own = machines.find(({ name }) => name === word)?.engine;
    const dockerHost = word === "local" ? local : (own ?? word);
    const key = dockerHost ?? word;
    if (places.has(key)) continue;
    const served = machines.filter(({ engine }) => engine !== undefined && engine === dockerHost);
    places.set(key, { name: word, dockerHost, machines: served.map(({ name }) => name) });
  }
  return [...places.values()];
}
