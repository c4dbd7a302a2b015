import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { formatLock } from "../../src/core/blueprint/format-lock.ts";
import type { Lock } from "../../src/core/blueprint/lock.ts";
import { parseLock } from "../../src/core/blueprint/parse-lock.ts";

const A = digestOf("a");
const B = digestOf("b");

const LOCK: Lock = {
  version: 1,
  roots: {
    "python-3.11": {
      image: "docker.io/library/python:3.11-slim-bookworm",
      source: "bootstrap",
      from: A,
      digest: B,
      platforms: { "linux/arm64": B, "linux/amd64": A },
      created: 1_754_784_000,
      packages: { tini: "0.19.0-1", python3: "3.11", "libc6-dev": "2.36-9+deb12u10" },
    },
    "a-root": { unavailable: "no registry that holds it can be reached, and it has no recipe" },
  },
  index: { apt: { suites: { "bookworm-security": A, bookworm: B }, digest: A } },
};

const TEXT = `# written by lapstrake lock; review and commit
version: 1
roots:
  a-root:
    unavailable: no registry that holds it can be reached, and it has no recipe
  python-3.11:
    image: docker.io/library/python:3.11-slim-bookworm
    source: bootstrap
    from: ${A}
    digest: ${B}
    platforms:
      linux/amd64: ${A}
      linux/arm64: ${B}
    created: 1754784000
    packages:
      libc6-dev: 2.36-9+deb12u10
      python3: "3.11"
      tini: 0.19.0-1
index:
  apt:
    suites:
      bookworm: ${B}
      bookworm-security: ${A}
    digest: ${A}
`;

function refused(text: string): readonly string[] {
  try {
    parseLock(text, "lapstrake.lock");
  } catch (thrown) {
    if (!(thrown instanceof BlueprintError) || thrown.code !== "LOCK_INVALID") throw thrown;
    return thrown.problems.map(({ at, code }) => `${at.line}:${at.column} ${code}`);
  }
  throw new Error("expected the lock to be refused");
}

describe("the lock", () => {
  test("is written in one order with its header", () => {
    expect(formatLock(LOCK)).toBe(TEXT);
  });

  test("reads back as it was", () => {
    expect(parseLock(TEXT, "lapstrake.lock")).toEqual(LOCK);
  });

  test("without roots and index", () => {
    const empty: Lock = { version: 1, roots: {}, index: {} };
    expect(parseLock(formatLock(empty), "lapstrake.lock")).toEqual(empty);
  });

  test("any lock reads back as it was, and its text does not depend on the order of keys", () => {
    const digest: fc.Arbitrary<Digest> = fc.string().map(digestOf);
    const text = fc.string({ minLength: 1, unit: "grapheme-ascii" });
    const name = fc.stringMatching(/^[a-z0-9]{1,8}(?:[.-][a-z0-9]{1,4})?$/);
    const key = text.filter((word) => word !== "__proto__");
    const pinned = fc.record(
      {
        image: text,
        source: fc.constantFrom("registry" as const, "mirror" as const, "bootstrap" as const),
        from: text,
        digest,
        created: fc.nat(),
        packages: fc.dictionary(key, text, { noNullPrototype: true }),
        platforms: fc.dictionary(key, digest, { noNullPrototype: true }),
      },
      { requiredKeys: ["image", "source", "from", "digest", "created"], noNullPrototype: true },
    );
    const root = fc.oneof(pinned, fc.record({ unavailable: text }, { noNullPrototype: true }));
    const apt = fc.record({ suites: fc.dictionary(key, digest, { noNullPrototype: true }), digest });
    const lock = fc
      .tuple(fc.dictionary(name, root, { noNullPrototype: true }), fc.option(apt, { nil: undefined }))
      .map(
        ([roots, index]): Lock => ({ version: 1, roots, index: index === undefined ? {} : { apt: index } }),
      );
    fc.assert(
      fc.property(lock, (value) => {
        const written = formatLock(value);
        expect(parseLock(written, "lapstrake.lock")).toEqual(value);
        const turned = { ...value, roots: Object.fromEntries(Object.entries(value.roots).reverse()) };
        expect(formatLock(turned)).toBe(written);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a lock that was edited by hand or by a merge", () => {
  test.each([
    ["another version", TEXT.replace("version: 1", "version: 2"), ["2:10 BLUEPRINT_VALUE"]],
    ["a short digest", TEXT.replace(`    digest: ${B}`, "    digest: sha256:abc"), ["10:13 BLUEPRINT_VALUE"]],
    [
      "an unknown key",
      TEXT.replace("    created:", "    crated:"),
      ["6:3 BLUEPRINT_MISSING", "14:5 BLUEPRINT_UNKNOWN_KEY"],
    ],
    ["an unknown source", TEXT.replace("source: bootstrap", "source: cache"), ["8:13 BLUEPRINT_VALUE"]],
    ["a version that is a number", TEXT.replace('"3.11"', "3.11"), ["17:16 BLUEPRINT_VALUE"]],
    ["no index", TEXT.slice(0, TEXT.indexOf("index:")), ["1:1 BLUEPRINT_MISSING"]],
    ["a conflict", TEXT.replace("roots:", "<<<<<<< ours\nroots:"), ["3:1 BLUEPRINT_YAML"]],
    ["a root twice", TEXT.replace("  python-3.11:", "  a-root:"), ["6:3 BLUEPRINT_DUPLICATE"]],
    ["nothing", "", ["1:1 BLUEPRINT_MISSING", "1:1 BLUEPRINT_MISSING", "1:1 BLUEPRINT_MISSING"]],
  ])("%s", (_, text, expected) => {
    expect(refused(text)).toEqual(expected);
  });
});
