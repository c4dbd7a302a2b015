import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { lapstrakeCommand } from "./lapstrake-command.ts";
import { SMALL } from "./linear.ts";

const CI = "ci: { lapstrake: { kind: package }, registry: ghcr.io/example }\n";

export const ci: Benchmark = {
  name: "ci",
  work: `\`ci generate github\` for ${SMALL} images (9 + 65 services), both workflows written anew. Peer: none`,
  target: "below 0.3 s",
  runs: 10,
  async measure(bench, runs) {
    const fleet = bench.fleet({ label: "ci", images: SMALL });
    appendFileSync(join(fleet.folder, "lapstrake.yaml"), CI);
    const generate = lapstrakeCommand(bench, fleet, "ci", "generate", "github", "--json");
    const side = {
      name: "generate",
      run: async () => {
        rmSync(join(fleet.folder, ".github"), { recursive: true, force: true });
        const { seconds, stdout } = await bench.run(generate);
        if (stdout.split('"state": "new"').length !== 3)
          throw new BenchFailure(`expected two new workflows, got ${stdout.slice(0, 300)}`);
        return seconds;
      },
    };
    // The first run parses what the others find parsed, as on a machine that has worked with the fleet before.
    await side.run();
    const samples = await bench.compare([side], runs);
    return [
      {
        name: `generate for ${SMALL} images`,
        unit: "s",
        ours: samples.get("generate") ?? [],
        peer: [],
        peerAbsent: "no other tool makes workflows of Dockerfiles",
        ratio: "peer / ours",
        limits: [{ kind: "ours-below", value: 0.3 }],
      },
    ];
  },
};
