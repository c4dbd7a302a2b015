import { expect, test } from "vitest";
import { parseRetryAfter, retryAfterInText } from "../../src/edge/registry/http/retry-after.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");

test.each([
  ["0", 0],
  ["7", 7000],
  ["86400", 86_400_000],
  ["99999999999999999999", Infinity],
  ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
  ["Thursday, 01-Jan-26 00:00:30 GMT", 30_000],
  ["Wed, 31 Dec 2025 23:00:00 GMT", 0],
  ["-5", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After: %s is %s ms", (header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});

test.each([
  ["retry-after: 10.3ms, allowed: 2000/minute", 10.3],
  ["Retry-After: 1m2.5s", 62_500],
  ["retry-after 2h", 7_200_000],
  ["retry-after: soon", undefined],
  ["wait 10s", undefined],
])("an error text: %s", (text, expected) => {
  expect(retryAfterInText(text)).toBe(expected);
});
