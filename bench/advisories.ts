import { fileURLToPath } from "node:url";
import { writeExport } from "../test/kit/osv-export.ts";
import { PACKAGES, SOURCES } from "./advisory-names.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { runWithUsage } from "./usage.ts";
import type { Workbench } from "./workbench.ts";

const RECORDS = 200_000;
const [SECONDS, MIB] = [5, 300];

/** What a scan adds to the reading of images; the import is what `db update` does, once for each export. */
export const advisories: Benchmark = {
  name: "advisories",
  work: `15 images of 210 components each, matched against a kept database of ${RECORDS} generated advisories: open, prove, load, match, Node's start included; and the import of that export`,
  target: `match below ${SECONDS} s, peak below ${MIB} MiB`,
  runs: 5,
  async measure(bench, runs) {
    const path = bench.path("export.jsonl.gz");
    bench.say(`writing an export of ${RECORDS} advisories`);
    await writeExport(path, { records: RECORDS, seed: 7, pypi: PACKAGES, sources: SOURCES });
    const imported = await runWithUsage(bench, command(bench, "import", path));
    bench.say(`imported in ${imported.seconds.toFixed(1)} s`);
    const found = new Set<string>();
    const run = async (): Promise<number> => {
      const { seconds, stdout } = await bench.run(command(bench, "match", path));
      found.add(stdout.trim());
      return seconds;
    };
    const samples = await bench.compare([{ name: "match", run }], runs);
    const { peakMiB } = await runWithUsage(bench, command(bench, "match", path));
    const [only = "0", ...others] = found;
    if (others.length > 0 || Number(only) === 0)
      throw new BenchFailure(`the runs found ${[only, ...others].join(" and ")} vulnerabilities`);
    const kept = `a database of ${RECORDS}`;
    return [
      part(`15 images against ${kept}`, "s", { ours: samples.get("match") ?? [], below: SECONDS }),
      part("peak memory of that", "MiB", { ours: [peakMiB], below: MIB }),
      part(`import of an export of ${RECORDS}`, "s", { ours: [imported.seconds] }),
      part("peak memory of the import", "MiB", { ours: [imported.peakMiB] }),
    ];
  },
};

function command(bench: Workbench, action: string, path: string) {
  const program = fileURLToPath(new URL("./advisories-program.js", import.meta.url));
  return {
    argv: [process.execPath, program, action, bench.path("advisories"), path],
    cwd: bench.path("."),
    env: cleanEnvironment(),
  };
}

function part(
  name: string,
  unit: "s" | "MiB",
  { ours, below }: { readonly ours: readonly number[]; readonly below?: number },
): Measurement {
  return {
    name,
    unit,
    ours,
    peer: [],
    peerAbsent: "other scanners' databases are of another form and cannot be had here",
    ratio: "ours / peer",
    limits: below === undefined ? [] : [{ kind: "ours-below", value: below }],
  };
}
