import type { Measurement } from "./benchmark.ts";
import { costGrowth, type SizedTime, spreadOf } from "./statistics.ts";

export const SMALL = 74;
export const MIDDLE = 500;
export const LARGE = 2000;
/** The largest first. */
export const SIZES = [LARGE, MIDDLE, SMALL] as const;
export const AT_MOST = 1.3;

/** The target of a benchmark that grows; `things` in singular. */
export function linearTarget(thing: string): string {
  return `linear: one more ${thing} costs at most ${AT_MOST} times as much beyond ${MIDDLE} as below`;
}

/** The measurements of SIZES, in their order, with the verdict at the first: on the fastest runs, since noise only adds. */
export function judgeGrowth(parts: readonly Measurement[], thing: string): readonly Measurement[] {
  const [largest, ...smaller] = parts;
  if (largest === undefined) return [];
  const ratio = {
    of: `ours, fastest runs: one more ${thing} between ${MIDDLE} and ${LARGE} / between ${SMALL} and ${MIDDLE}`,
    value: growthOf(parts) ?? null,
  };
  return [{ ...largest, ratio, limits: [{ kind: "ratio-at-most", value: AT_MOST }] }, ...smaller];
}

function growthOf(parts: readonly Measurement[]): number | undefined {
  const [large, middle, small] = parts.map(
    ({ ours }, index): SizedTime => ({ size: SIZES[index] ?? 0, seconds: spreadOf(ours).min }),
  );
  if (large === undefined || middle === undefined || small === undefined) return undefined;
  return costGrowth(small, middle, large);
}
