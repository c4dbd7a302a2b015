const FORM = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?Z$/;
export const DAY_MS = 86_400_000;

/**
 * Milliseconds since 1970 of an RFC 3339 time in UTC, as OSV writes them (`2021-09-26T23:32:08.989778Z`); undefined for any
 * other text, and for a day that the calendar does not have. What is finer is cut off.
 */
export function parseInstant(text: string): number | undefined {
  const [, day, time, fraction = ""] = FORM.exec(text) ?? [];
  if (day === undefined || time === undefined) return undefined;
  const instant = Date.parse(`${day}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}Z`);
  // Date.parse makes March of the 30th of February.
  return Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day) ? undefined : instant;
}

/** The first millisecond after a day that is written as YYYY-MM-DD. */
export function endOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}
