import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { BenchFailure } from "./failure.ts";
import type { Command } from "./run-command.ts";
import type { Workbench } from "./workbench.ts";

/**
 * Loaded into the measured process by NODE_OPTIONS; says at its exit how much memory was ever resident. VmHWM and not
 * getrusage's maxrss where there is a /proc: Linux carries maxrss over exec, so a child starts with the size of the
 * process that made it.
 */
const HOOK = `process.on("exit", () => {
  const fs = require("node:fs");
  let peak = process.resourceUsage().maxRSS;
  try { peak = Number(/VmHWM:\\s+(\\d+) kB/.exec(fs.readFileSync("/proc/self/status", "latin1"))[1]); } catch {}
  fs.appendFileSync(process.env.LAPSTRAKE_BENCH_PEAK, peak + "\\n");
});
`;

/** The peak resident memory of one run of a Node program, in MiB: of the largest process, where it starts more of them. */
export async function peakMemory(bench: Workbench, command: Command): Promise<number> {
  const hook = bench.path("peak-memory.cjs");
  const report = bench.path("peak-memory.txt");
  writeFileSync(hook, HOOK);
  rmSync(report, { force: true });
  const env = { ...command.env, NODE_OPTIONS: `--require=${hook}`, LAPSTRAKE_BENCH_PEAK: report };
  await bench.run({ ...command, env });
  return parsePeak(readFileSync(report, "utf8"));
}

/** One line a process, in KiB. */
export function parsePeak(report: string): number {
  const peaks = report.trim().split("\n").map(Number);
  const peak = Math.max(...peaks);
  if (!(peak > 0)) throw new BenchFailure("no process said how much memory it used");
  return peak / 1024;
}
