import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { bakeCommand } from "./peer-command.ts";
import { costGrowth, type SizedTime, spreadOf } from "./statistics.ts";
import type { Workbench } from "./workbench.ts";

const SMALL = 74;
const MIDDLE = 500;
const LARGE = 2000;
const AT_MOST = 1.3;

export const growth: Benchmark = {
  name: "growth",
  work: `plan of ${SMALL}, ${MIDDLE} and ${LARGE} images that were never built; peer: buildx bake --print`,
  target: `linear: one more image costs at most ${AT_MOST} times as much beyond ${MIDDLE} as below`,
  runs: 7,
  async measure(bench, runs) {
    const sizes = [LARGE, MIDDLE, SMALL];
    const sides = sizes.map((size) => sidesOf(bench, size));
    await sleep(STAT_CACHE_SLACK_MS);
    for (const { warm } of sides) await warm();
    const samples = await bench.compare(
      sides.flatMap(({ timed }) => timed),
      runs,
    );
    const parts = sizes.map((size): Measurement => {
      const ours = samples.get(`${size}, ours`) ?? [];
      const peer = samples.get(`${size}, peer`) ?? [];
      return { name: `plan of ${size}`, unit: "s", ours, peer, ratio: "ours / peer", limits: [] };
    });
    const [largest, ...smaller] = parts;
    if (largest === undefined) return [];
    return [{ ...largest, ...linear(parts) }, ...smaller];
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

/** Judged on the fastest run of each size, since noise only ever adds. `parts` has the largest first. */
function linear(parts: readonly Measurement[]): Pick<Measurement, "ratio" | "limits"> {
  const [large, middle, small] = parts.map(
    ({ ours }, index): SizedTime => ({
      size: [LARGE, MIDDLE, SMALL][index] ?? 0,
      seconds: spreadOf(ours).min,
    }),
  );
  const value =
    large === undefined || middle === undefined || small === undefined
      ? undefined
      : costGrowth(small, middle, large);
  return {
    ratio: {
      of: `ours, fastest runs: one more image between ${MIDDLE} and ${LARGE} / between ${SMALL} and ${MIDDLE}`,
      value: value ?? null,
    },
    limits: [{ kind: "ratio-at-most", value: AT_MOST }],
  };
}
