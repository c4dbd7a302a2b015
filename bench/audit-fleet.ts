import { rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { stateFolder, treeState } from "../src/edge/tree/state.ts";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { projectRoot } from "./program.ts";

const FLEET = join(projectRoot(), "fleet");

/** The reference fleet as it was released: `./quickstart --full` first. */
export const auditFleet: Benchmark = {
  name: "audit-fleet",
  work: "`audit` of all images of the reference fleet's newest release: again, and where no more than its layers is known. Peer: none",
  target: "below 2 s",
  runs: 5,
  async measure(bench, runs) {
    const command = {
      argv: [...bench.program, "audit", "--quiet", "--progress", "none"],
      cwd: FLEET,
      env: cleanEnvironment(),
    };
    // The first run reads what no run read before.
    await bench.run(command);
    const audit = async (): Promise<number> => (await bench.run(command)).seconds;
    const sides = [
      { name: "again", run: audit },
      {
        name: "judged",
        run: async () => {
          forgetAudits();
          return audit();
        },
      },
    ];
    const samples = await bench.compare(sides, runs);
    const rest = { unit: "s", peer: [], peerAbsent: "no other tool answers this question" } as const;
    const of = (side: string) => ({ ours: samples.get(side) ?? [], ratio: "peer / ours" as const });
    return [
      {
        name: "audit of the whole release, again",
        ...rest,
        ...of("again"),
        limits: [{ kind: "ours-below", value: 2 }],
      },
      { name: "the same where only its layers are known", ...rest, ...of("judged"), limits: [] },
    ];
  },
};

/** What was said of the images before: the next run judges each from the facts of its layers. */
function forgetAudits(): void {
  const state = stateFolder(process.env, homedir());
  try {
    rmSync(join(treeState(state, FLEET), "audits.json"));
  } catch (error) {
    throw new BenchFailure(`expected what the run before kept: ${String(error)}`);
  }
}
