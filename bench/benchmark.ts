import type { Limit } from "./limit.ts";
import type { Workbench } from "./workbench.ts";

export type Unit = "s" | "CPU s" | "MiB" | "requests" | "differences";

/** One number of a benchmark, as it was measured. */
export interface Measurement {
  readonly name: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  /** Empty where nothing of the peer's can be compared; `peerAbsent` then says why. */
  readonly peer: readonly number[];
  readonly peerAbsent?: string;
  /** How the ratio is made; a ratio of our own (growth) brings its value. */
  readonly ratio: "peer / ours" | "ours / peer" | { readonly of: string; readonly value: number | null };
  readonly limits: readonly Limit[];
}

export interface Benchmark {
  readonly name: string;
  /** One line: what both sides do. */
  readonly work: string;
  /** One line: what must hold. */
  readonly target: string;
  /** Rounds where `--runs` does not say. */
  readonly runs: number;
  /** The first measurement is the one that the name stands for. */
  readonly measure: (bench: Workbench, runs: number) => Promise<readonly Measurement[]>;
}
