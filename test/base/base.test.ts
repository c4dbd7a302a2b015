import { inspect } from "node:util";
import { assert, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, isDigest, parseDigest, shortDigest } from "../../src/core/base/digest.ts";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";
import { Secret } from "../../src/core/base/secret.ts";
import { suggest } from "../../src/core/base/suggest.ts";

describe("a digest", () => {
  it("is that of the bytes", () => {
    // FIPS 180-4's example for sha256.
    const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(digestOf("abc")).toBe(abc);
    expect(shortDigest(digestOf("abc"))).toBe("ba7816bf8f01");
  });

  it.each([
    "",
    "sha256:",
    `sha256:${"A".repeat(64)}`,
    `sha512:${"a".repeat(128)}`,
    `sha256:${"a".repeat(65)}`,
  ])("%j is none", (text) => {
    expect(isDigest(text)).toBe(false);
    expect(parseDigest(text)).toBeUndefined();
  });
});

describe("canonical JSON", () => {
  it("does not depend on the order of keys, and reads back as the same value", () => {
    assert(
      property(jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  it("leaves undefined members out and refuses what JSON has no form for", () => {
    expect(canonicalJson({ b: undefined, a: [1, null, "x"] })).toBe('{"a":[1,null,"x"]}');
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
  });
});

function reversed(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, reversed(member ?? null)]));
}

describe("a secret", () => {
  it("shows itself in no way but by being asked", () => {
    const secret = new Secret("hunter2");
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      Object.values(secret),
    ];
    expect(JSON.stringify(shown)).not.toContain("hunter2");
    expect(secret.reveal()).toBe("hunter2");
  });
});

describe("did you mean", () => {
  const keys = ["images", "services", "ports", "machines", "platforms"];

  it.each([
    ["image", "images"],
    ["prots", "ports"],
    ["Services", "services"],
    ["plattforms", "platforms"],
  ])("%s: %s", (word, meant) => {
    expect(suggest(word, keys)).toBe(meant);
  });

  it("says nothing where nothing is like it, or the word is endless", () => {
    expect(suggest("kubernetes", keys)).toBeUndefined();
    expect(suggest("p".repeat(100_000), ["p".repeat(100_001)])).toBeUndefined();
  });
});
