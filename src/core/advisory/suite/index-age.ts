import type { SuiteIndex } from "./suite-index.ts";

const DAY_MS = 24 * 3600 * 1000;
/** Ubuntu's suites say no day until which they hold: what is kept of them counts this long. */
const KEPT_MS = 7 * DAY_MS;

/**
 * Why an index does not count at a time; undefined where it does. Apt may be told not to look at dates, and a mirror that
 * stands still would then be taken for one without news.
 */
export function indexFault(
  { release, date, validUntil, fetchedAt }: Pick<SuiteIndex, "release" | "date" | "validUntil" | "fetchedAt">,
  now: number,
): string | undefined {
  const { suite } = release;
  if (date === undefined) return `the Release of ${suite} has no date`;
  if (date > now + DAY_MS) return `the Release of ${suite} is of ${day(date)}, which is still to come`;
  if (validUntil !== undefined && validUntil < now)
    return `the Release of ${suite} expired on ${day(validUntil)}: its mirror stands still`;
  if (validUntil === undefined && now - fetchedAt > KEPT_MS)
    return `${suite} was last read on ${day(fetchedAt)}`;
  return undefined;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
