import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";
import { parseEntry, serializeEntry } from "../../src/core/record/entry.ts";
import { readPlainLine } from "../../src/core/record/plain-line.ts";
import { rehashed, sampleChain, sampleLines } from "./sample.ts";

const lines = sampleLines(6);

/** What the parts say, as the object that they were taken from. */
function joined(line: string): Json | undefined {
  const plain = readPlainLine(line, undefined);
  if (plain === undefined) return undefined;
  const { body, hashed: _, ...rest } = plain;
  try {
    // JSON.parse gives nothing but JSON.
    return { ...rest, version: 1, body: JSON.parse(body) as Json };
  } catch {
    return undefined;
  }
}

describe("a line of the one form", () => {
  test("is taken apart without being parsed", () => {
    for (const [index, entry] of sampleChain(6).entries()) {
      expect(joined(lines[index] ?? "")).toEqual(entry);
      expect(readPlainLine(serializeEntry(entry), entry.previous ?? undefined)?.previous).toBe(
        entry.previous,
      );
    }
  });

  test("is left alone where its kind is not known, or its words have escapes", () => {
    const [entry] = sampleChain(1);
    for (const change of [
      { kind: "deployment" },
      { body: { a: 'a "word"' } },
      { body: { a: "\u{1f600}" } },
    ]) {
      const line = rehashed(entry!, { kind: "deployment", ...change });
      expect(readPlainLine(line, undefined)).toBeUndefined();
      expect(serializeEntry(parseEntry(line))).toBe(line);
    }
  });

  test("whatever is changed in it: what is still taken apart is the canonical text of just that", () => {
    const changed = fc
      .tuple(
        fc.constantFrom(...lines),
        fc.nat(),
        fc.nat(4),
        fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("0", '"', ",", "}", "\n", "null")),
      )
      .map(([line, at, length, put]) => {
        const start = at % (line.length + 1);
        return line.slice(0, start) + put + line.slice(start + length);
      });
    let seen = 0;
    fc.assert(
      fc.property(changed, (line) => {
        const parts = joined(line);
        if (parts === undefined) return;
        seen++;
        expect(canonicalJson(parts)).toBe(line);
      }),
      { numRuns: 20_000 },
    );
    expect(seen).toBeGreaterThan(500);
  }, 60_000);
});
