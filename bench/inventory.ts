import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import type { Side } from "./interleave.ts";
import { InventorySide } from "./inventory-side.ts";
import { type LoopPeer, loopSide } from "./loop-side.ts";
import { startOwnRegistry } from "./own-registry.ts";
import { type SlowProxy, startSlowProxy } from "./slow-proxy.ts";
import { type Stock, stockRegistry } from "./stock.ts";
import type { Workbench } from "./workbench.ts";

const NAMESPACE = "bench";
const IMAGES = 74;
const RELEASES = 5;
const TAGS = 2 * RELEASES;
const DELAY_MS = 25;
const FASTER = 10;
/** Without tokens: a list of each repository and a HEAD of each tag. With less, nobody knows what every tag stands on. */
const FEWEST = IMAGES + IMAGES * TAGS;
const OVER_FEWEST = 1.05;
const PEERS: readonly LoopPeer[] = ["crane", "skopeo"];
const STATES = ["warm", "cold"] as const;

export const inventory: Benchmark = {
  name: "inventory",
  work: `inventory of ${IMAGES} repositories with ${TAGS} tags each, ${DELAY_MS} ms away and on loopback. Peers: loops of crane and of skopeo`,
  target: `${DELAY_MS} ms away: ${FASTER} times as fast as the loops; warm: at most ${OVER_FEWEST} times ${FEWEST} requests`,
  runs: 3,
  async measure(bench, runs) {
    const registry = await startOwnRegistry(bench, "registry");
    const proxy = await startSlowProxy(registry.host, DELAY_MS);
    try {
      const places = [
        { word: `${DELAY_MS} ms away`, host: proxy.host, fleet: fleetAt(bench, "far", proxy.host) },
        { word: "on loopback", host: registry.host, fleet: fleetAt(bench, "near", registry.host) },
      ] as const;
      bench.say("stocking the registry");
      const to = { host: registry.host, namespace: NAMESPACE, releases: RELEASES };
      // Both fleets are of the same images, and the proxy leads to the same registry.
      const stock = await stockRegistry(places[0].fleet, to);
      return await new Inventories(bench, { places, stock, proxy }).measure(runs);
    } finally {
      proxy.close();
      registry.close();
    }
  },
};

function fleetAt(bench: Workbench, label: string, host: string): GeneratedFleet {
  return bench.fleet({ label, images: IMAGES, registry: `${host}/${NAMESPACE}` });
}

interface Place {
  readonly word: string;
  readonly host: string;
  readonly fleet: GeneratedFleet;
}

interface Subject {
  /** The first is behind the proxy. */
  readonly places: readonly [Place, Place];
  readonly stock: Stock;
  readonly proxy: SlowProxy;
}

class Inventories {
  readonly #bench: Workbench;
  readonly #subject: Subject;
  /** By side, the requests that the proxy saw in each run. */
  readonly #requests = new Map<string, number[]>();

  constructor(bench: Workbench, subject: Subject) {
    this.#bench = bench;
    this.#subject = subject;
  }

  async measure(runs: number): Promise<readonly Measurement[]> {
    const { places } = this.#subject;
    const sides: Side[] = [];
    for (const place of places) sides.push(...(await this.#sidesAt(place)));
    const samples = await this.#bench.compare(sides, runs);
    const times = places.flatMap((place) =>
      STATES.flatMap((state) =>
        PEERS.map(
          (peer): Measurement => ({
            name: `${state}, ${place.word}, against a loop of ${peer}`,
            unit: "s",
            ours: samples.get(`${state}, ${place.word}`) ?? [],
            peer: samples.get(`${peer}, ${place.word}`) ?? [],
            ratio: "peer / ours",
            limits: place === places[0] ? [{ kind: "ratio-at-least", value: FASTER }] : [],
          }),
        ),
      ),
    );
    return [...times, this.#requestsWarm(places[0])];
  }

  async #sidesAt({ word, host, fleet }: Place): Promise<readonly Side[]> {
    const { stock } = this.#subject;
    const ours = new InventorySide(this.#bench, fleet, stock);
    // Fills the caches of files and of the registry.
    await ours.warm();
    const loops = PEERS.map((name) => ({ name, run: loopSide(this.#bench, name, { host, stock }) }));
    return [
      { name: "cold", run: async () => (await ours.cold()).seconds },
      { name: "warm", run: async () => (await ours.warm()).seconds },
      ...loops,
    ].map(({ name, run }) => this.#counted(`${name}, ${word}`, run));
  }

  #counted(name: string, run: () => Promise<number>): Side {
    const { proxy } = this.#subject;
    const counts: number[] = [];
    this.#requests.set(name, counts);
    return {
      name,
      run: async () => {
        proxy.forget();
        const seconds = await run();
        counts.push(proxy.kinds().length);
        return seconds;
      },
    };
  }

  #requestsWarm({ word }: Place): Measurement {
    const ours = this.#requests.get(`warm, ${word}`) ?? [];
    return {
      name: "requests, warm, and those of a loop of crane",
      unit: "requests",
      ours,
      peer: this.#requests.get(`crane, ${word}`) ?? [],
      ratio: { of: `ours, the most / ${FEWEST}, the lower bound`, value: Math.max(...ours) / FEWEST },
      limits: [{ kind: "ratio-at-most", value: OVER_FEWEST }],
    };
  }
}
