import { expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { OciError } from "../../src/core/oci/error.ts";
import { formatPlatform, matchesPlatform, parsePlatform } from "../../src/core/oci/parse-platform.ts";

test.each(["linux/amd64", "linux/arm64/v8", "windows/amd64"])("%s goes in and out", (text) => {
  expect(formatPlatform(parsePlatform(text))).toBe(text);
});

test.each(["", "linux", "linux/", "/amd64", "Linux/amd64", "linux/arm/v7/x", "linux/a b"])(
  "refused: %j",
  (text) => {
    expect(() => parsePlatform(text)).toThrow(OciError);
  },
);

test.each([
  ["linux/amd64", "linux/amd64", true],
  ["linux/arm64", "linux/arm64/v8", true],
  ["linux/arm64/v8", "linux/arm64", true],
  ["linux/arm/v6", "linux/arm/v7", false],
  ["linux/arm/v6", "linux/arm", true],
  ["windows/amd64", "linux/amd64", false],
  ["unknown/unknown", "linux/amd64", false],
])("an entry for %s serves %s: %s", (has, wanted, expected) => {
  const entry = { mediaType: "x", digest: digestOf(""), size: 0, platform: parsePlatform(has) };
  expect(matchesPlatform(entry, parsePlatform(wanted))).toBe(expected);
});

test("an entry that names no platform serves none", () => {
  expect(
    matchesPlatform({ mediaType: "x", digest: digestOf(""), size: 0 }, parsePlatform("linux/amd64")),
  ).toBe(false);
});
