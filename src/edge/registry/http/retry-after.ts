const MAX_DIGITS = 12;
// Go prints durations as 1h2m3.5s, 10.3ms; GHCR's 429 says "retry-after: 10.3ms" in the body.
const GO_DURATION = /retry-after:?\s*((?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|h|m|s))+)/i;
const GO_PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|h|m|s)/g;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Milliseconds to wait by a Retry-After header (RFC 9110 section 10.2.3): whole seconds or an HTTP date, the latter
 * against `now`. Undefined where the header is absent or is neither. Never negative.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return text.length > MAX_DIGITS ? Infinity : Number(text) * 1000;
  // Date.parse also reads "7" or "1.5" as years; an HTTP date starts with the name of a day.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The wait that an error text names as a Go duration, in milliseconds, or undefined. */
export function retryAfterInText(text: string): number | undefined {
  const duration = GO_DURATION.exec(text.slice(0, 4096))?.[1];
  if (duration === undefined) return undefined;
  let total = 0;
  for (const [, amount = "0", unit = "s"] of duration.matchAll(GO_PART)) {
    total += Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  }
  return total;
}
