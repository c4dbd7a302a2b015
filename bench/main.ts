import { homedir } from "node:os";
import { readEngineFile } from "../src/edge/tree/engine-file.ts";
import { stateFolder } from "../src/edge/tree/state.ts";
import { advisories } from "./advisories.ts";
import { parseArguments, USAGE } from "./arguments.ts";
import { auditFleet } from "./audit-fleet.ts";
import { auditTorch } from "./audit-torch.ts";
import type { Benchmark } from "./benchmark.ts";
import { ci } from "./ci.ts";
import { cold } from "./cold.ts";
import { BenchFailure } from "./failure.ts";
import { growth } from "./growth.ts";
import { imports } from "./imports.ts";
import { inventory } from "./inventory.ts";
import { inventoryGrowth } from "./inventory-growth.ts";
import { ledgerAppend } from "./ledger-append.ts";
import { ledgerRead } from "./ledger-read.ts";
import { ledgerVerify } from "./ledger-verify.ts";
import { readMachine } from "./machine.ts";
import { match } from "./match.ts";
import { noop } from "./noop.ts";
import { oneFile } from "./one-file.ts";
import { builtProgram, projectRoot } from "./program.ts";
import { push } from "./push.ts";
import { listText, reportText } from "./report.ts";
import { type Result, resultOf } from "./result.ts";
import { scan } from "./scan.ts";
import { start } from "./start.ts";
import { Workbench } from "./workbench.ts";

const BENCHMARKS: readonly Benchmark[] = [
  noop,
  oneFile,
  cold,
  start,
  growth,
  push,
  inventory,
  inventoryGrowth,
  ledgerAppend,
  ledgerVerify,
  ledgerRead,
  auditTorch,
  auditFleet,
  imports,
  match,
  advisories,
  scan,
  ci,
];

/** Exit codes: 0 target met, 1 not met, 2 usage, 3 no engine or a side that failed, 130 interrupted. */
async function main(argv: readonly string[]): Promise<number> {
  const { list, json, name, runs, program } = parseArguments(argv);
  if (list) {
    const known = BENCHMARKS.map(({ name, work, target, runs }) => ({ name, work, target, runs }));
    process.stdout.write(json ? `${JSON.stringify(known, undefined, 2)}\n` : listText(BENCHMARKS));
    return 0;
  }
  const benchmark = BENCHMARKS.find((known) => known.name === name);
  if (benchmark === undefined) {
    const names = BENCHMARKS.map((known) => known.name).join(", ");
    throw new BenchFailure(`expected one of ${names}, got ${name ?? "nothing"}\n${USAGE}`, 2);
  }
  const result = await runBenchmark(benchmark, runs ?? benchmark.runs, program);
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : reportText(result));
  return result.met ? 0 : 1;
}

async function runBenchmark(
  benchmark: Benchmark,
  runs: number,
  program: string | undefined,
): Promise<Result> {
  const root = projectRoot();
  const state = stateFolder(process.env, homedir());
  const engine = readEngineFile(state);
  if (engine === undefined)
    throw new BenchFailure("no engine is recorded; start one with: scripts/engine up");
  const machine = readMachine(engine, root);
  const interrupted = new AbortController();
  // The children get the terminal's Ctrl-C themselves; this makes us wait for them and clean up.
  process.once("SIGINT", () => interrupted.abort());
  const bench = new Workbench({
    engine,
    state,
    signal: interrupted.signal,
    program: [program ?? builtProgram(root)],
    say: (line) => process.stderr.write(`${benchmark.name}: ${line}\n`),
  });
  try {
    return resultOf(benchmark, await benchmark.measure(bench, runs), { runs, machine });
  } catch (error) {
    throw interrupted.signal.aborted ? new BenchFailure("interrupted", 130) : error;
  } finally {
    bench.close();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = error.exit;
}
