import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dpkgVerdicts } from "../test/kit/dpkg-verdicts.ts";
import { ourVerdicts } from "../test/kit/judge-cases.ts";
import { debianCases, pypiCases } from "../test/kit/version-ranges.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { BenchFailure } from "./failure.ts";
import { cleanEnvironment } from "./lapstrake-command.ts";
import { projectRoot } from "./program.ts";
import type { Workbench } from "./workbench.ts";

const [PYPI, DEBIAN] = [150_000, 50_000];
const SEED = 20_261_126;

/** Equality first; how long the sides take over the same cases is told beside it. */
export const match: Benchmark = {
  name: "match",
  work: `is this version in these ranges: ${PYPI} generated cases of PyPI against packaging's Version and SpecifierSet, ${DEBIAN} of Debian against dpkg --compare-versions`,
  target: "0 differences",
  runs: 3,
  async measure(bench, runs) {
    const pypi = await comparePypi(bench, runs);
    bench.say("asking dpkg, one process a comparison; this takes minutes");
    return [...pypi, await compareDebian()];
  },
};

async function comparePypi(bench: Workbench, runs: number): Promise<readonly Measurement[]> {
  const input = bench.path("cases.json");
  writeFileSync(input, JSON.stringify(pypiCases(PYPI, SEED)));
  const program = fileURLToPath(new URL("./match-program.js", import.meta.url));
  const peer = join(projectRoot(), "test", "kit", "osv_ranges.py");
  const verdicts = new Map<string, string>();
  const side = (name: string, argv: readonly string[]) => ({
    name,
    run: async () => {
      const output = bench.path(`${name}.json`);
      await bench.run({ argv: [...argv, input, output], cwd: bench.path("."), env: cleanEnvironment() });
      // as: both programs are ours, and write this.
      const found = JSON.parse(await readFile(output, "utf8")) as { seconds: number; verdicts: string };
      verdicts.set(name, found.verdicts);
      return found.seconds;
    },
  });
  const samples = await bench.compare(
    [side("ours", [process.execPath, program]), side("peer", ["python3", peer])],
    runs,
  );
  const differing = differences(verdicts.get("ours") ?? "", verdicts.get("peer") ?? "", PYPI);
  return [
    countOf(`verdicts on ${PYPI} cases of PyPI that differ`, differing),
    {
      name: `seconds over ${PYPI} cases of PyPI`,
      unit: "s",
      ours: samples.get("ours") ?? [],
      peer: samples.get("peer") ?? [],
      ratio: "peer / ours",
      limits: [],
    },
  ];
}

async function compareDebian(): Promise<Measurement> {
  const cases = debianCases(DEBIAN, SEED);
  const differing = differences(ourVerdicts(cases, "deb"), await dpkgVerdicts(cases), cases.length);
  return countOf(`verdicts on ${cases.length} cases of Debian that differ`, differing);
}

/** Both must have judged all, and both kinds of verdict must be among them. */
function differences(ours: string, theirs: string, count: number): number {
  if (ours.length !== count || theirs.length !== count)
    throw new BenchFailure(`expected ${count} verdicts, found ${ours.length} and ${theirs.length}`);
  if (!theirs.includes("0") || !theirs.includes("1"))
    throw new BenchFailure("the peer gave one verdict for all");
  return Array.from(ours).filter((letter, index) => letter !== theirs[index]).length;
}

function countOf(name: string, count: number): Measurement {
  return {
    name,
    unit: "differences",
    ours: [count],
    peer: [],
    peerAbsent: "it is what ours is compared with",
    ratio: "ours / peer",
    limits: [{ kind: "ours-below", value: 1 }],
  };
}
