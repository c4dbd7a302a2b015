import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOfPlainValue, isPlainText } from "../../src/core/base/canonical-scan.ts";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";

const DEPTH = 8;
/** It is asked of texts that JSON.parse has taken. */
function isPlain(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return false;
  }
  return isPlainText(text) && endOfPlainValue(text, 0, DEPTH) === text.length;
}

/** What it must never be wrong about: the text is JSON, and the one that canonicalJson would write. */
function isCanonical(text: string): boolean {
  try {
    // JSON.parse gives nothing but JSON.
    return canonicalJson(JSON.parse(text) as Json) === text;
  } catch {
    return false;
  }
}

describe("a text that is canonical as it stands", () => {
  test.each([
    '{"":0,"a":1,"a ":[],"ab":{"b":[true,null,false,{"c":"d"}]},"b":-12}',
    '"é \u{2028}\u{7f}"',
    '{"10":1,"9":2,"a":3,"a!":4,"é":5,"\u{e000}":6}',
    "[]",
    "{}",
    "123456789012345",
    `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`,
  ])("is recognised: %s", (text) => {
    expect(isCanonical(text)).toBe(true);
    expect(isPlain(text)).toBe(true);
  });

  test.each([
    ["white space", '{"a": 1}'],
    ["white space around it", '{"a":1} '],
    ["keys out of order", '{"b":1,"a":2}'],
    ["keys out of order where one begins the other", '{"ab":1,"a":2}'],
    ["keys out of order, deep inside", '{"a":[{"c":{"z":1,"y":2}}]}'],
    ["a doubled key", '{"a":1,"a":1}'],
    ["a doubled empty key", '{"":1,"":1}'],
    ["an escape that is not needed", '"\\u0061"'],
    ["a zero in front", "[007]"],
    ["a fraction of nothing", "1.0"],
    ["an exponent", "1e2"],
    ["minus zero", "-0"],
    ["a number that JSON cannot write", "1e999"],
    ["a number beyond the whole ones", "12345678901234567890"],
    ["a raw control character", '"\u0001"'],
    ["half of a surrogate pair", '"\ud800"'],
    ["a comma at the end", "[1,]"],
    ["no comma", "[1 2]"],
    ["an end that is missing", '{"a":[1'],
    ["a value that is missing", '{"a":}'],
    ["a minus alone", "-"],
    ["a word that has begun", "tru"],
    ["nothing", ""],
    ["two values", "1 2"],
    ["a key that is no word", "{1:2}"],
  ])("is not one with %s", (_, text) => {
    expect(isCanonical(text)).toBe(false);
    expect(isPlain(text)).toBe(false);
  });

  test("is left to the slow way where it has escapes or fractions, or nests deeper", () => {
    const texts = [
      '"\\""',
      "1.5",
      '"\u{1f600}"',
      '{"a\\n":1}',
      `${"[".repeat(DEPTH + 1)}${"]".repeat(DEPTH + 1)}`,
    ];
    for (const text of texts) {
      expect(isCanonical(text)).toBe(true);
      expect(isPlain(text)).toBe(false);
    }
  });
});

describe("for any text", () => {
  test("true is a proof", () => {
    const value = fc.jsonValue({ maxDepth: 4 }).map((each) => each as Json);
    const sound = fc.oneof(
      value.map((each) => JSON.stringify(each)),
      value.map(canonicalJson),
      fc.constant('{"a":[0,-1,"b"],"c":{"d":null}}'),
    );
    const almost = fc
      .tuple(
        sound,
        fc.nat(),
        fc.nat(3),
        fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', "0", ",", "}", "\\")),
      )
      .map(([text, at, length, put]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + put + text.slice(start + length);
      });
    let seen = 0;
    fc.assert(
      fc.property(fc.oneof(sound, almost, fc.string()), (text) => {
        if (!isPlain(text)) return;
        seen++;
        expect(isCanonical(text)).toBe(true);
      }),
      { numRuns: 4000 },
    );
    expect(seen).toBeGreaterThan(400);
  }, 60_000);

  test("no change of one letter passes that is not canonical any more", () => {
    const text = '{"a":[0,-12,"b c"],"bc":{"d":null,"e":true},"x":"y"}';
    expect(isPlain(text)).toBe(true);
    for (let at = 0; at < text.length; at++) {
      for (let unit = 0; unit < 256; unit++) {
        const changed = text.slice(0, at) + String.fromCharCode(unit) + text.slice(at + 1);
        expect(!isPlain(changed) || isCanonical(changed), changed).toBe(true);
      }
    }
  });

  test("every canonical text of plain words and whole numbers is recognised", () => {
    const word = fc.string().filter((each) => !/["\\]/.test(each));
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.integer(),
        fc.constantFrom(null, true, false),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(
          word.filter((each) => each !== "__proto__"),
          tie("tree"),
          { maxKeys: 4 },
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(isPlain(canonicalJson(value))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
