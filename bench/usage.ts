import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { BenchFailure } from "./failure.ts";
import type { Command, Completed } from "./run-command.ts";
import type { Workbench } from "./workbench.ts";

/**
 * Loaded into the measured process by NODE_OPTIONS; says at its exit how much memory was ever resident, and the CPU time.
 * VmHWM and not getrusage's maxrss where there is a /proc: Linux carries maxrss over exec, so a child starts with the size
 * of the process that made it.
 */
const HOOK = `process.on("exit", () => {
  const fs = require("node:fs");
  let peak = process.resourceUsage().maxRSS;
  try { peak = Number(/VmHWM:\\s+(\\d+) kB/.exec(fs.readFileSync("/proc/self/status", "latin1"))[1]); } catch {}
  const { user, system } = process.cpuUsage();
  fs.appendFileSync(process.env.LAPSTRAKE_BENCH_USAGE, peak + " " + (user + system) + "\\n");
});
`;

/** What a run of a Node program took of the machine. */
export interface Usage {
  /** Resident memory at its peak: of the largest process, where it starts more of them. */
  readonly peakMiB: number;
  /** Of all its Node processes together, in user and in kernel mode. */
  readonly cpuSeconds: number;
}

/** Runs a Node program to its end and tells what it took. The hook costs it a millisecond. */
export async function runWithUsage(bench: Workbench, command: Command): Promise<Completed & Usage> {
  const hook = bench.path("usage.cjs");
  const report = bench.path("usage.txt");
  writeFileSync(hook, HOOK);
  rmSync(report, { force: true });
  const env = { ...command.env, NODE_OPTIONS: `--require=${hook}`, LAPSTRAKE_BENCH_USAGE: report };
  const completed = await bench.run({ ...command, env });
  return { ...completed, ...parseUsage(readFileSync(report, "utf8")) };
}

/** A line each process: KiB and microseconds. */
export function parseUsage(report: string): Usage {
  const lines = report.trim().split("\n");
  const [peaks, times] = [0, 1].map((column) => lines.map((line) => Number(line.split(" ")[column])));
  const peakMiB = Math.max(...(peaks ?? [])) / 1024;
  const cpuSeconds = (times ?? []).reduce((sum, each) => sum + each, 0) / 1e6;
  if (!(peakMiB > 0 && cpuSeconds > 0)) throw new BenchFailure("no process said what it used");
  return { peakMiB, cpuSeconds };
}
