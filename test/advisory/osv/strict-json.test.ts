import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdvisoryError } from "../../../src/core/advisory/osv/error.ts";
import { parseStrictJson } from "../../../src/core/advisory/osv/strict-json.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, mutate } from "../../kit/seeded-random.ts";

const parse = (text: string) => parseStrictJson({ file: "x.jsonl", line: 3, text });

function refusal(text: string): AdvisoryError {
  try {
    parse(text);
  } catch (thrown) {
    if (thrown instanceof AdvisoryError) return thrown;
    throw thrown;
  }
  throw new Error("it was taken");
}

/** Objects without a prototype, as plain ones. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const OURS = new Set(["ADVISORY_JSON", "ADVISORY_LIMIT"]);

/** Undefined where it is refused; any other error is thrown. */
function taken(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parse(text) };
  } catch (thrown) {
    if (thrown instanceof AdvisoryError && OURS.has(thrown.code)) return undefined;
    throw thrown;
  }
}

describe("strict JSON", () => {
  it("is what JSON.parse reads, for any value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "medium" }), fc.nat(3), (value, indent) => {
        expect(plain(parse(JSON.stringify(value, undefined, indent)))).toEqual(plain(value));
      }),
      { numRuns: 500, seed: FUZZ_SEED },
    );
  });

  it("keeps keys that mean something to objects as keys", () => {
    const value = parse('{"__proto__":{"polluted":1},"constructor":2,"hasOwnProperty":3}');
    expect(Object.keys(value ?? {})).toEqual(["__proto__", "constructor", "hasOwnProperty"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBeNull();
  });

  it.each([
    ["a key twice", '{"withdrawn":"2024-01-01T00:00:00Z","withdrawn":null}', 37, "twice"],
    ["a key twice, in another spelling", '{"a":1,"\\u0061":2}', 8, "twice"],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', 16, "twice"],
    ["a number that no double holds", '{"a":1e999}', 6, "1.8e308"],
    ["no number", "[01]", 3, "comma"],
    ["a NUL in a word", '["a\u0000b"]', 4, "end of the word"],
    ["a newline in a word", '["a\nb"]', 4, "end of the word"],
    ["an escape that there is not", '["\\x41"]', 3, "escape"],
    ["half an escape", '["\\u12"]', 3, "escape"],
    ["an open word", '["abc', 6, "end of the word"],
    ["an open word that ends in a backslash", '["abc\\', 7, "end of the word"],
    ["two values", "{} {}", 4, "end of the record"],
    ["nothing", "", 1, "a value"],
    ["a comma too much", "[1,]", 4, "a value"],
    ["a comma too few", '{"a":1 "b":2}', 8, "comma"],
    ["a key that is no word", "{a:1}", 2, "a key"],
    ["a word that is none of JSON", "[NaN]", 2, "a value"],
    ["HTML", "<html>", 1, "a value"],
  ])("refuses %s, at its place", (_, text, column, expected) => {
    const error = refusal(text);
    expect(error.code).toBe("ADVISORY_JSON");
    expect(error.at).toEqual({
      file: "x.jsonl",
      line: text.slice(0, column - 1).includes("\n") ? 4 : 3,
      column,
    });
    expect(error.message).toContain(expected);
  });

  it("counts lines within a record", () => {
    expect(refusal('{\n  "a": 1,\n  "a": 2\n}').at).toEqual({ file: "x.jsonl", line: 5, column: 3 });
  });

  it("has a bound of depth and none of length", () => {
    const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(plain(parse(nested(64)))).toBeDefined();
    expect(refusal(nested(65)).code).toBe("ADVISORY_LIMIT");
    expect(refusal("[".repeat(1_000_000)).code).toBe("ADVISORY_LIMIT");
    expect(refusal('{"a":'.repeat(1_000_000)).code).toBe("ADVISORY_LIMIT");
  });

  it.each([
    ["quotes", `["${'\\"'.repeat(500_000)}"]`],
    ["backslashes", `["${"\\\\".repeat(500_000)}"]`],
    ["backslashes without an end", `["${"\\".repeat(1_000_001)}`],
    ["white space", `[${" ".repeat(1_000_000)}1]`],
    ["digits", `[${"1".repeat(300)}.${"1".repeat(1_000_000)}]`],
    ["keys", `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(",")}}`],
  ])("is linear in %s", (_, text) => {
    const begun = performance.now();
    taken(text);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it("takes nothing that JSON.parse refuses, and makes the same of the rest (fuzz)", {
    timeout: 7_200_000,
  }, () => {
    const random = createRandom(FUZZ_SEED);
    const base = Buffer.from(
      JSON.stringify({
        id: "PYSEC-1",
        __proto__: { a: [1, -0.5, 1e10, true, false, null] },
        text: 'a "b" \\ \u00e9 \u{1f600} \n\t',
        nested: [[[{ deep: {} }]], {}, []],
      }),
    );
    let kept = 0;
    for (let run = fuzzRuns(20_000); run > 0; run--) {
      const text = mutate(base, random).toString("utf8");
      const ours = taken(text);
      if (ours === undefined) continue;
      kept++;
      expect(plain(ours.value)).toEqual(plain(JSON.parse(text)));
    }
    expect(kept).toBeGreaterThan(0);
  });
});
