import type { Benchmark, Measurement } from "./benchmark.ts";
import type { Side } from "./interleave.ts";
import { InventorySide, type Look } from "./inventory-side.ts";
import { judgeGrowth, linearTarget, SIZES } from "./linear.ts";
import { type OwnRegistry, startOwnRegistry } from "./own-registry.ts";
import { stockRegistry } from "./stock.ts";
import type { Workbench } from "./workbench.ts";

const NAMESPACE = "bench";
const RELEASES = 5;

export const inventoryGrowth: Benchmark = {
  name: "inventory-growth",
  work: `inventory of ${SIZES.toReversed().join(", ")} repositories with ${2 * RELEASES} tags each on loopback, warm and cold; no peer`,
  target: linearTarget("repository"),
  runs: 5,
  async measure(bench, runs) {
    const registries: OwnRegistry[] = [];
    try {
      const sides: Side[] = [];
      const cpu = new Map<string, number[]>();
      for (const size of SIZES) {
        // One for each size: a registry lists what all of its fleets have.
        const registry = await startOwnRegistry(bench, `registry-${size}`);
        registries.push(registry);
        sides.push(...(await sidesOf(bench, { host: registry.host, size, cpu })));
      }
      const wall = await bench.compare(sides, runs);
      return (["warm", "cold"] as const).flatMap((state) => [
        ...judgeGrowth(partsOf(state, wall, "s"), "repository"),
        ...judgeGrowth(partsOf(state, cpu, "CPU s"), "repository"),
      ]);
    } finally {
      for (const registry of registries) registry.close();
    }
  },
};

interface Sized {
  readonly host: string;
  readonly size: number;
  /** The CPU time of each run is added here, by the side's name. */
  readonly cpu: Map<string, number[]>;
}

async function sidesOf(bench: Workbench, { host, size, cpu }: Sized): Promise<readonly Side[]> {
  const fleet = bench.fleet({ label: `growth-${size}`, images: size, registry: `${host}/${NAMESPACE}` });
  bench.say(`stocking a registry with ${size} repositories`);
  const stock = await stockRegistry(fleet, { host, namespace: NAMESPACE, releases: RELEASES });
  const ours = new InventorySide(bench, fleet, stock);
  await ours.warm();
  const side = (name: string, look: () => Promise<Look>): Side => {
    const times: number[] = [];
    cpu.set(name, times);
    return {
      name,
      run: async () => {
        const { seconds, cpuSeconds } = await look();
        times.push(cpuSeconds);
        return seconds;
      },
    };
  };
  return [side(`warm, ${size}`, () => ours.warm()), side(`cold, ${size}`, () => ours.cold())];
}

function partsOf(
  state: string,
  samples: ReadonlyMap<string, readonly number[]>,
  unit: "s" | "CPU s",
): readonly Measurement[] {
  return SIZES.map((size) => ({
    name: `${state}, ${size} repositories${unit === "s" ? "" : ", the program's own CPU time"}`,
    unit,
    ours: samples.get(`${state}, ${size}`) ?? [],
    peer: [],
    peerAbsent: "a loop is linear, and too slow to run this often",
    ratio: "ours / peer",
    limits: [],
  }));
}
