import { type Leaf, leaf } from "./leaf.ts";

/** A day of the calendar, YYYY-MM-DD, kept as it is written. */
export const DateShape = leaf(parseDate, "a date such as 2026-03-31");

function parseDate(text: string): Leaf<string> {
  const expected = "a date such as 2026-03-31";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return { expected };
  const day = new Date(`${text}T00:00:00Z`);
  // Date accepts 2026-02-30 and makes it March.
  const isReal = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
  return isReal ? { value: text } : { expected, hint: "the calendar has no such day" };
}
