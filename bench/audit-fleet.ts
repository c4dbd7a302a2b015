import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { projectRoot } from "./program.ts";

/** The reference fleet as it was released: `./quickstart --full` first. */
export const auditFleet: Benchmark = {
  name: "audit-fleet",
  work: "`audit` of all images of the reference fleet's newest release, all layers known. Peer: none",
  target: "below 2 s",
  runs: 5,
  async measure(bench, runs) {
    const command = {
      argv: [...bench.program, "audit", "--quiet", "--progress", "none"],
      cwd: join(projectRoot(), "fleet"),
      env: cleanEnvironment(),
    };
    // The first run reads what no run read before.
    await bench.run(command);
    const sides = [{ name: "audit", run: async () => (await bench.run(command)).seconds }];
    const samples = await bench.compare(sides, runs);
    return [
      {
        name: "audit of the whole release, layers known",
        unit: "s",
        ours: samples.get("audit") ?? [],
        peer: [],
        peerAbsent: "no other tool answers this question",
        ratio: "peer / ours",
        limits: [{ kind: "ours-below", value: 2 }],
      },
    ];
  },
};
