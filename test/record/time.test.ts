import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isTime } from "../../src/core/record/time.ts";

/** As JavaScript writes a time, for the years that have four digits. */
function isWritten(text: string): boolean {
  const milliseconds = Date.parse(text);
  return text.length === 24 && !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
}

test("a time is what toISOString writes, for the years 0 to 9999", () => {
  const written = fc.date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(written, (date) => {
      expect(isTime(date.toISOString())).toBe(true);
    }),
  );
});

test("every day of every month, those that are none too, of years with and without a leap day", () => {
  for (const year of ["0000", "1900", "1999", "2000", "2024", "2026", "2100"]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const two = (number: number): string => String(number).padStart(2, "0");
        const text = `${year}-${two(month)}-${two(day)}T00:00:00.000Z`;
        expect(isTime(text), text).toBe(isWritten(text));
      }
    }
  }
});

test("no change of one letter is judged otherwise than by making the text anew", () => {
  const text = "2026-02-28T23:59:59.999Z";
  for (let at = 0; at < text.length; at++) {
    for (let unit = 0x20; unit < 0x7f; unit++) {
      const changed = text.slice(0, at) + String.fromCharCode(unit) + text.slice(at + 1);
      expect(isTime(changed), changed).toBe(isWritten(changed));
    }
  }
});

test.each([
  "",
  "2026-01-01",
  "2026-01-01T00:00:00Z",
  "+010000-01-01T00:00:00.000Z",
  "2026-01-01T00:00:00.000+00",
])("%s is none", (text) => {
  expect(isTime(text)).toBe(false);
});
