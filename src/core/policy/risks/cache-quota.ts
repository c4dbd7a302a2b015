import { quiet, raised, type Sighting, unknown } from "./risk-state.ts";

/** The build cache of one image in the registry: its bytes (0 where there is none), or why they are not known. */
export type CacheReading =
  | { readonly ref: string; readonly bytes: number }
  | { readonly ref: string; readonly why: string };

/** Raised where what is known is already more than the limit; unknown where a part could not be read. */
export function cacheSighting(limit: number, readings: readonly CacheReading[]): Sighting {
  const known = readings.flatMap((each) => ("bytes" in each && each.bytes > 0 ? [each] : []));
  const unread = readings.flatMap((each) => ("why" in each ? [each] : []));
  const total = known.reduce((sum, { bytes }) => sum + bytes, 0);
  const details = [
    ...known.map(({ ref, bytes }) => `${ref}: ${megabytes(bytes)}`),
    ...unread.map(({ ref, why }) => `${ref}: unknown, ${why}`),
  ];
  const all = `the build caches hold ${megabytes(total)} of ${megabytes(limit)}`;
  if (total > limit) return raised(all, details);
  if (unread.length > 0)
    return unknown(`${unread.length} of ${readings.length} build caches could not be read`, details);
  return quiet(known.length === 0 ? "the registry holds no build cache of this fleet" : all, details);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
}
