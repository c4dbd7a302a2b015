import type { BaselineEntry } from "../../blueprint/baseline.ts";

/** A service as it is released, and as it was before. */
export interface ReducedService {
  readonly service: string;
  /** Of its largest image; undefined where that could not be told, and `why` says so. */
  readonly now: Sizes | undefined;
  readonly why?: string;
  /** Undefined where none was recorded. */
  readonly baseline: Pick<BaselineEntry, "compressed" | "unpacked"> | undefined;
}

export interface Sizes {
  readonly compressed: number;
  readonly unpacked: number;
}

export interface MedianReduction {
  /** Both medians have to reach it: a registry stores the one, a machine's disk the other. */
  readonly outcome: "holds" | "fails" | "unknown";
  /** One line. */
  readonly reason: string;
  /** As parts of one: 0.4 is 40 % less. Undefined where a service is not known, or there is none. */
  readonly median: Sizes | undefined;
  readonly services: readonly (ReducedService & { readonly reduction: Sizes | undefined })[];
}

/**
 * Whether the median service is at least so many percent smaller than its baseline. With a service of which one side is not
 * known, the median is not known either: what is missing may be the worst.
 */
export function medianReduction(services: readonly ReducedService[], percent: number): MedianReduction {
  const reduced = services.map((each) => ({ ...each, reduction: reductionOf(each) }));
  const unknown = reduced.flatMap(({ service, now, why, baseline }) => {
    if (baseline === undefined) return [`no baseline of ${service} is recorded`];
    return now === undefined ? [`${service}: ${why ?? "its size is not known"}`] : [];
  });
  if (services.length === 0)
    return { outcome: "unknown", reason: "there is no service to compare", median: undefined, services: [] };
  if (unknown.length > 0)
    return { outcome: "unknown", reason: unknown.join("; "), median: undefined, services: reduced };
  const known = reduced.flatMap(({ reduction }) => reduction ?? []);
  const median = {
    compressed: medianOf(known.map(({ compressed }) => compressed)),
    unpacked: medianOf(known.map(({ unpacked }) => unpacked)),
  };
  const said = `the median of ${known.length} ${known.length === 1 ? "service" : "services"} is ${percentText(median.compressed)} smaller than its baseline compressed, ${percentText(median.unpacked)} unpacked`;
  const isEnough = Math.min(median.compressed, median.unpacked) * 100 >= percent;
  return {
    outcome: isEnough ? "holds" : "fails",
    reason: isEnough ? `${said}; ${percent} % is asked for` : `${said}, and ${percent} % is asked for`,
    median,
    services: reduced,
  };
}

/** Negative where it grew. */
function reductionOf({ now, baseline }: ReducedService): Sizes | undefined {
  if (now === undefined || baseline === undefined) return undefined;
  return {
    compressed: 1 - now.compressed / baseline.compressed,
    unpacked: 1 - now.unpacked / baseline.unpacked,
  };
}

/** Of an even number, the mean of the two in the middle. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
}

/** Rounded down, so that 40 % is never shown for what is below. */
export function percentText(part: number): string {
  return `${(Math.floor(part * 1000) / 10).toFixed(1)} %`;
}
