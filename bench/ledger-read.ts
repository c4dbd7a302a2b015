import { fileURLToPath } from "node:url";
import type { Benchmark } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";

const ENTRIES = 100_000;
const SECONDS = 0.3;

export const ledgerRead: Benchmark = {
  name: "ledger-read",
  work: `the 1,000 promotions among ${ENTRIES} entries, by the index: what phase does before it says anything`,
  target: `under ${SECONDS} s, Node's start included`,
  runs: 10,
  async measure(bench, runs) {
    const program = fileURLToPath(new URL("./ledger-program.js", import.meta.url));
    const file = bench.path("read/ledger.jsonl");
    const command = (action: string, ...more: readonly string[]) => ({
      argv: [process.execPath, program, action, file, ...more],
      cwd: bench.path("."),
      env: cleanEnvironment(),
    });
    await bench.run(command("fill", String(ENTRIES)));
    bench.say("reading once, so that there is an index");
    await bench.run(command("read"));
    const run = async (): Promise<number> => {
      const { seconds, stdout } = await bench.run(command("read"));
      if (Number(stdout) !== ENTRIES / 100)
        throw new BenchFailure(`expected ${ENTRIES / 100} entries, found ${stdout}`);
      return seconds;
    };
    const samples = await bench.compare([{ name: "ours", run }], runs);
    return [
      {
        name: `the entries of one kind among ${ENTRIES}`,
        unit: "s",
        ours: samples.get("ours") ?? [],
        peer: [],
        peerAbsent:
          "a database would have its own index and check no hash; a grep over the file checks nothing either",
        ratio: "ours / peer",
        limits: [{ kind: "ours-below", value: SECONDS }],
      },
    ];
  },
};
