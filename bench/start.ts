import type { Benchmark } from "./benchmark.ts";
import { forgetStats } from "./forget-stats.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { bakeCommand, buildxCommand } from "./peer-command.ts";
import { runWithUsage } from "./usage.ts";

const IMAGES = 74;

export const start: Benchmark = {
  name: "start",
  work: `--version; plan of ${IMAGES} released images, no stat cache; peak memory of that plan. Peers: buildx version; bake --print`,
  target: "under 0.08 s; under 0.3 s; under 150 MiB",
  runs: 10,
  async measure(bench, runs) {
    const fleet = bench.fleet({ label: "start", images: IMAGES });
    bench.say("releasing the fleet once, so that the plan has every image to ask the registry for");
    await bench.run(lapstrakeCommand(bench, fleet, "release"));
    const version = lapstrakeCommand(bench, fleet, "--version");
    const plan = lapstrakeCommand(bench, fleet, "plan", "--json");
    const buildxVersion = buildxCommand(bench, fleet, "version");
    const print = bakeCommand(bench, fleet, { print: true });
    for (const command of [version, plan, buildxVersion, print]) await bench.run(command);
    const samples = await bench.compare(
      [
        { name: "version, ours", run: async () => (await bench.run(version)).seconds },
        { name: "version, peer", run: async () => (await bench.run(buildxVersion)).seconds },
        {
          name: "plan, ours",
          run: async () => {
            forgetStats(bench, fleet);
            return (await bench.run(plan)).seconds;
          },
        },
        { name: "plan, peer", run: async () => (await bench.run(print)).seconds },
        {
          name: "memory, ours",
          run: async () => {
            forgetStats(bench, fleet);
            return (await runWithUsage(bench, plan)).peakMiB;
          },
        },
      ],
      runs,
    );
    const of = (name: string) => samples.get(name) ?? [];
    return [
      {
        name: "--version",
        unit: "s",
        ours: of("version, ours"),
        peer: of("version, peer"),
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: 0.08 }],
      },
      {
        name: `plan of ${IMAGES}, no stat cache`,
        unit: "s",
        ours: of("plan, ours"),
        peer: of("plan, peer"),
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: 0.3 }],
      },
      {
        name: "peak memory of that plan",
        unit: "MiB",
        ours: of("memory, ours"),
        peer: [],
        peerAbsent:
          "bake --print asks neither registry nor files, so its memory says nothing about this work",
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: 150 }],
      },
    ];
  },
};
