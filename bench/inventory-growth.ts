import type { Benchmark, Measurement } from "./benchmark.ts";
import type { Side } from "./interleave.ts";
import { InventorySide } from "./inventory-side.ts";
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
  runs: 3,
  async measure(bench, runs) {
    const registries: OwnRegistry[] = [];
    try {
      const sides: Side[] = [];
      for (const size of SIZES) {
        // One for each size: a registry lists what all of its fleets have.
        const registry = await startOwnRegistry(bench, `registry-${size}`);
        registries.push(registry);
        sides.push(...(await sidesOf(bench, registry.host, size)));
      }
      const samples = await bench.compare(sides, runs);
      return (["warm", "cold"] as const).flatMap((state) => {
        const parts = SIZES.map((size) => partOf(`${state}, ${size} repositories`, samples));
        return judgeGrowth(parts, "repository");
      });
    } finally {
      for (const registry of registries) registry.close();
    }
  },
};

async function sidesOf(bench: Workbench, host: string, size: number): Promise<readonly Side[]> {
  const fleet = bench.fleet({ label: `growth-${size}`, images: size, registry: `${host}/${NAMESPACE}` });
  bench.say(`stocking a registry with ${size} repositories`);
  const stock = await stockRegistry(fleet, { host, namespace: NAMESPACE, releases: RELEASES });
  const ours = new InventorySide(bench, fleet, stock);
  await ours.warm();
  return [
    { name: `warm, ${size} repositories`, run: () => ours.warm() },
    { name: `cold, ${size} repositories`, run: () => ours.cold() },
  ];
}

function partOf(name: string, samples: ReadonlyMap<string, readonly number[]>): Measurement {
  return {
    name,
    unit: "s",
    ours: samples.get(name) ?? [],
    peer: [],
    peerAbsent: "a loop is linear, and too slow to run this often",
    ratio: "ours / peer",
    limits: [],
  };
}
