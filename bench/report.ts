import type { Benchmark, Unit } from "./benchmark.ts";
import { machineLine } from "./machine.ts";
import type { Part, Result } from "./result.ts";
import type { Spread } from "./statistics.ts";

/** The result for people: a table of the parts, then each target with its verdict. */
export function reportText(result: Result): string {
  const header = ["", "min", "median", "max", "unit"];
  const rows = result.parts.flatMap((part) => [
    [`${part.name}: ours`, ...cells(part.ours, part.unit)],
    [`${part.name}: peer`, ...(part.peer === null ? ["-", "-", "-", ""] : cells(part.peer, part.unit))],
  ]);
  return [
    `${result.name}: ${result.met ? "met" : "NOT met"} (${result.runs} runs of each side, in turn)`,
    ...table([header, ...rows]),
    ...result.parts.flatMap(verdicts),
    `machine: ${machineLine(result.machine)}`,
    "",
  ].join("\n");
}

/** `--list`. */
export function listText(benchmarks: readonly Benchmark[]): string {
  const lines = benchmarks.map(
    ({ name, work, target }) => `${name.padEnd(18)}${work}\n${" ".repeat(18)}target: ${target}`,
  );
  return `${lines.join("\n")}\n`;
}

function verdicts(part: Part): readonly string[] {
  const ratio = part.ratio === null ? [] : [`${part.name}: ratio ${part.ratio} (${part.ratioIs})`];
  const absent = part.peerAbsent === undefined ? [] : [`${part.name}: no peer: ${part.peerAbsent}`];
  const targets = part.target.map(({ text, met }) => `${part.name}: ${text}: ${met ? "met" : "NOT met"}`);
  return [...ratio, ...absent, ...targets];
}

const DIGITS: Readonly<Record<Unit, number>> = { s: 3, "CPU s": 2, MiB: 1, requests: 0, differences: 0 };

function cells({ min, median, max }: Spread, unit: Unit): readonly string[] {
  return [...[min, median, max].map((value) => value.toFixed(DIGITS[unit])), unit];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
