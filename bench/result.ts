import type { Benchmark, Measurement, Unit } from "./benchmark.ts";
import { describeLimit, holds, type Limit } from "./limit.ts";
import type { Machine } from "./machine.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** One measured number against its limits. Times in seconds. */
export interface Part {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: Spread;
  readonly peer: Spread | null;
  readonly peerAbsent?: string;
  /** Of medians; `ratioIs` says what is divided by what. */
  readonly ratio: number | null;
  readonly ratioIs: string;
  readonly target: readonly (Limit & { readonly text: string; readonly met: boolean })[];
  readonly met: boolean;
}

/** What `--json` prints. The fields of the first part stand at the top; `met` is of all parts. */
export interface Result extends Part {
  readonly runs: number;
  readonly machine: Machine;
  readonly parts: readonly Part[];
}

export interface ResultFacts {
  readonly runs: number;
  readonly machine: Machine;
}

export function resultOf(
  benchmark: Pick<Benchmark, "name">,
  measurements: readonly Measurement[],
  { runs, machine }: ResultFacts,
): Result {
  const parts = measurements.map(partOf);
  const [first] = parts;
  if (first === undefined) throw new RangeError(`${benchmark.name} measured nothing`);
  const met = parts.every((part) => part.met);
  return { ...first, name: benchmark.name, met, runs, machine, parts };
}

function partOf(measurement: Measurement): Part {
  const { name, unit, limits, peerAbsent } = measurement;
  const ours = spreadOf(measurement.ours);
  const peer = measurement.peer.length === 0 ? null : spreadOf(measurement.peer);
  const { ratio, ratioIs } = ratioOf(measurement.ratio, ours, peer);
  const target = limits.map((limit) => ({
    ...limit,
    text: describeLimit(limit, unit),
    met: holds(limit, { ours, peer, ratio }),
  }));
  return {
    name,
    unit,
    ours: rounded(ours),
    peer: peer === null ? null : rounded(peer),
    ...(peerAbsent === undefined ? {} : { peerAbsent }),
    ratio: ratio === null ? null : round(ratio, 3),
    ratioIs,
    target,
    met: target.every((limit) => limit.met),
  };
}

function ratioOf(ratio: Measurement["ratio"], ours: Spread, peer: Spread | null) {
  if (typeof ratio === "object") return { ratio: ratio.value, ratioIs: ratio.of };
  if (peer === null) return { ratio: null, ratioIs: ratio };
  const value = ratio === "peer / ours" ? peer.median / ours.median : ours.median / peer.median;
  return { ratio: value, ratioIs: ratio };
}

function rounded({ min, median, max }: Spread): Spread {
  return { min: round(min, 4), median: round(median, 4), max: round(max, 4) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
