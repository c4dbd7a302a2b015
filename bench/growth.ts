import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { judgeGrowth, linearTarget, SIZES } from "./linear.ts";
import { bakeCommand } from "./peer-command.ts";
import type { Workbench } from "./workbench.ts";

export const growth: Benchmark = {
  name: "growth",
  work: `plan of ${SIZES.toReversed().join(", ")} images that were never built; peer: buildx bake --print`,
  target: linearTarget("image"),
  runs: 7,
  async measure(bench, runs) {
    const sides = SIZES.map((size) => sidesOf(bench, size));
    await sleep(STAT_CACHE_SLACK_MS);
    for (const { warm } of sides) await warm();
    const samples = await bench.compare(
      sides.flatMap(({ timed }) => timed),
      runs,
    );
    const parts = SIZES.map((size): Measurement => {
      const ours = samples.get(`${size}, ours`) ?? [];
      const peer = samples.get(`${size}, peer`) ?? [];
      return { name: `plan of ${size}`, unit: "s", ours, peer, ratio: "ours / peer", limits: [] };
    });
    return judgeGrowth(parts, "image");
  },
};

/** A stat cache does not believe files that changed within the last ticks of their clock; so wait until it does. */
const STAT_CACHE_SLACK_MS = 2500;

function sidesOf(bench: Workbench, size: number) {
  const fleet = bench.fleet({ label: `growth-${size}`, images: size });
  const plan = lapstrakeCommand(bench, fleet, "plan", "--json");
  const print = bakeCommand(bench, fleet, { print: true });
  return {
    /** Fills the stat cache, so that each timed run of a size does the same. */
    warm: async () => {
      for (const command of [plan, print]) await bench.run(command);
    },
    timed: [
      { name: `${size}, ours`, run: async () => (await bench.run(plan)).seconds },
      { name: `${size}, peer`, run: async () => (await bench.run(print)).seconds },
    ],
  };
}
