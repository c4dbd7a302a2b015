/** Of several runs, in the unit that the samples had. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Throws RangeError where there is no sample, or one that is no number: a missing run must not look like a fast one. */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError("expected at least one sample, got none");
  const wrong = samples.find((sample) => !Number.isFinite(sample));
  if (wrong !== undefined) throw new RangeError(`expected numbers, got ${wrong}`);
  const sorted = samples.toSorted((a, b) => a - b);
  return { min: sorted.at(0) ?? 0, median: medianOf(sorted), max: sorted.at(-1) ?? 0 };
}

function medianOf(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export interface SizedTime {
  readonly size: number;
  readonly seconds: number;
}

/**
 * How the cost of one more image grows: its cost between the two larger sizes, divided by its cost between the two
 * smaller ones. 1 is linear; what every run pays once (start-up, git, the connection) drops out. Undefined where the
 * smaller step took no measurable time, because then nothing can be said.
 */
export function costGrowth(small: SizedTime, middle: SizedTime, large: SizedTime): number | undefined {
  const lower = costOfOneMore(small, middle);
  return lower > 0 ? costOfOneMore(middle, large) / lower : undefined;
}

/** Seconds for each image more. */
export function costOfOneMore(from: SizedTime, to: SizedTime): number {
  return (to.seconds - from.seconds) / (to.size - from.size);
}
