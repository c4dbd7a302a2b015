import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { projectRoot } from "./program.ts";
import { runWithUsage } from "./usage.ts";

const [SECONDS, MIB] = [1, 300];

/** The reference fleet as it was released: `./quickstart --full` first. */
export const scan: Benchmark = {
  name: "scan",
  work: "`scan` of all images of the reference fleet's newest release, their content known, against the 2,661 advisories of its blueprint and Debian's security suite, canaries and Node's start included. Peer: none. 200,000 advisories: see `advisories`",
  target: `below ${SECONDS} s, peak below ${MIB} MiB`,
  runs: 5,
  async measure(bench, runs) {
    const command = {
      argv: [...bench.program, "scan", "--quiet", "--progress", "none"],
      cwd: join(projectRoot(), "fleet"),
      env: cleanEnvironment(),
    };
    // The first run reads what no run read before.
    await bench.run(command);
    const sides = [{ name: "scan", run: async () => (await bench.run(command)).seconds }];
    const samples = await bench.compare(sides, runs);
    const { peakMiB } = await runWithUsage(bench, command);
    const about = { peer: [], peerAbsent: "no other tool runs these gates", ratio: "ours / peer" } as const;
    return [
      {
        name: "every gate over the whole release, contents known",
        unit: "s",
        ours: samples.get("scan") ?? [],
        limits: [{ kind: "ours-below", value: SECONDS }],
        ...about,
      },
      {
        name: "peak memory of that",
        unit: "MiB",
        ours: [peakMiB],
        limits: [{ kind: "ours-below", value: MIB }],
        ...about,
      },
    ];
  },
};
