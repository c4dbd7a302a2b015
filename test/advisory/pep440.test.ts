import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allows, exactPin, parseSpecifiers } from "../../src/core/advisory/pep440/specifier.ts";
import { compareVersions, formatVersion, parseVersion } from "../../src/core/advisory/pep440/version.ts";

/**
 * What the reference implementation (packaging 26.4) says of generated versions: [a, b, order, specifier, does it allow a].
 * null: no version; "invalid": no specifier.
 */
type Case = readonly [
  a: string,
  b: string,
  order: number | null,
  specifier: string,
  allowed: boolean | null | "invalid",
];

const CASES = readFileSync(new URL("../fixtures/advisory/pep440-cases.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

const version = (text: string) => {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
};

describe("versions of Python", () => {
  it("have the reference implementation's order", () => {
    expect(CASES.length).toBeGreaterThan(500);
    const wrong = CASES.filter(([a, b, order]) => {
      const [one, other] = [parseVersion(a), parseVersion(b)];
      const mine = one === undefined || other === undefined ? null : Math.sign(compareVersions(one, other));
      return mine !== order;
    });
    expect(wrong).toEqual([]);
  });

  it("are allowed by the specifiers that allow them there", () => {
    const wrong = CASES.filter(([a, , , text, allowed]) => {
      const [parsed, specifiers] = [parseVersion(a), parseSpecifiers(text)];
      const mine =
        specifiers === undefined ? "invalid" : parsed === undefined ? null : allows(specifiers, parsed);
      return mine !== allowed;
    });
    expect(wrong).toEqual([]);
  });

  it("stand in the order of the specification", () => {
    const ordered =
      "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0rc1 1.0 1.0+abc.5 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1";
    const versions = ordered.split(" ").map(version);
    expect(
      versions
        .toSorted(compareVersions)
        .map(({ text }) => text)
        .join(" "),
    ).toBe(ordered);
  });

  it("have one normal form", () => {
    expect(formatVersion(version("v1!01.0-ALPHA.1-2.DEV+Ubuntu_01"))).toBe("1!1.0a1.post2.dev0+ubuntu.1");
  });

  it("are told from what is none in linear time", () => {
    for (const text of ["", "1.", "x1", "1.0-", "1..2", "1".repeat(300), `${"1.".repeat(100_000)}x`]) {
      expect(parseVersion(text)).toBeUndefined();
    }
  });
});

describe("a pin", () => {
  it("is one exact version", () => {
    expect(exactPin(parseSpecifiers("==1.0") ?? [])?.text).toBe("1.0");
    for (const text of ["", ">=1", "==1.*", "==1,==2"])
      expect(exactPin(parseSpecifiers(text) ?? [])).toBeUndefined();
  });
});
