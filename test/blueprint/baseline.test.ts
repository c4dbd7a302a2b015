import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import type { Baseline, BaselineEntry } from "../../src/core/blueprint/baseline.ts";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { formatBaseline } from "../../src/core/blueprint/format-baseline.ts";
import { parseBaseline } from "../../src/core/blueprint/parse-baseline.ts";

const A = digestOf("a");
const B = digestOf("b");
const FILE = "lapstrake.baseline";

const ENTRY: BaselineEntry = {
  compressed: 300,
  unpacked: 700,
  digest: A,
  repository: "demo/web-baseline",
  platform: "linux/amd64",
  built: "2026-03-04",
  tool: "1.2.3",
  from: {
    root: "docker.io/library/debian:12",
    digest: B,
    apt: ["curl"],
    requirements: ["web/requirements.lock"],
    folders: ["web"],
  },
};

const TEXT = `# written by lapstrake size --baseline; review and commit
version: 1
services:
  api:
    compressed: 300
    unpacked: 700
    digest: ${A}
    repository: demo/web-baseline
    platform: linux/amd64
    built: 2026-03-04
    tool: 1.2.3
    from:
      root: docker.io/library/debian:12
      digest: ${B}
      apt:
        - curl
      requirements:
        - web/requirements.lock
      folders:
        - web
  web:
    compressed: 300
    unpacked: 700
    digest: ${A}
    repository: demo/web-baseline
    platform: linux/amd64
    built: 2026-03-04
    tool: 1.2.3
    from:
      root: docker.io/library/debian:12
      digest: ${B}
      apt:
        - curl
      requirements:
        - web/requirements.lock
      folders:
        - web
`;

/** `line:column code`, of every problem. */
function refused(text: string): readonly string[] {
  try {
    parseBaseline(text, FILE);
  } catch (thrown) {
    if (!(thrown instanceof BlueprintError) || thrown.code !== "BASELINE_INVALID") throw thrown;
    return thrown.problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
  }
  throw new Error("expected the baseline to be refused");
}

describe("the baseline", () => {
  test("is written in one order with its header, and reads back as it was", () => {
    const baseline: Baseline = { version: 1, services: { web: ENTRY, api: ENTRY } };
    expect(formatBaseline(baseline)).toBe(TEXT);
    expect(parseBaseline(TEXT, FILE)).toEqual(baseline);
  });

  test("any baseline reads back as it was, whatever the order of its keys", () => {
    const text = fc.string({ minLength: 1, unit: "grapheme-ascii" });
    const entry = fc.record(
      {
        compressed: fc.integer({ min: 1, max: 2 ** 50 }),
        unpacked: fc.integer({ min: 1, max: 2 ** 50 }),
        digest: text.map(digestOf),
        repository: text,
        platform: text,
        built: fc.constantFrom("2024-02-29", "2026-12-31"),
        tool: text,
        from: fc.record(
          {
            root: text,
            digest: text.map(digestOf),
            apt: fc.array(text),
            requirements: fc.array(text),
            folders: fc.array(text),
          },
          { noNullPrototype: true },
        ),
      },
      { noNullPrototype: true },
    );
    const name = fc.stringMatching(/^[a-z0-9]{1,8}(?:[.-][a-z0-9]{1,4})?$/);
    fc.assert(
      fc.property(fc.dictionary(name, entry, { noNullPrototype: true }), (services) => {
        const written = formatBaseline({ version: 1, services });
        expect(parseBaseline(written, FILE)).toEqual({ version: 1, services });
        const turned = Object.fromEntries(Object.entries(services).reverse());
        expect(formatBaseline({ version: 1, services: turned })).toBe(written);
      }),
      { numRuns: 60 },
    );
  });

  test.each<[string, string, readonly string[]]>([
    [
      "another version",
      TEXT.replace("version: 1", "version: 2"),
      ["2:10 version: expected 1, found the number 2"],
    ],
    [
      "no size",
      TEXT.replace("compressed: 300", "compressed: 0"),
      ["5:17 services.api.compressed: expected at least 1, found the number 0"],
    ],
    [
      "a size that is none",
      TEXT.replace("unpacked: 700", 'unpacked: "700 MB"'),
      ['6:15 services.api.unpacked: expected a number, found "700 MB"'],
    ],
    [
      "a day that no calendar has",
      TEXT.replace("2026-03-04", "2026-02-30"),
      ['10:12 services.api.built: expected a date such as 2026-03-31, found "2026-02-30"'],
    ],
    [
      "a key that is misspelt",
      TEXT.replace("repository:", "repo:"),
      [
        '4:3 expected the key "repository" in services.api, found none',
        '8:5 found the unknown key "repo" of services.api',
      ],
    ],
    ["a list", "- 1\n", ["1:1 expected a map, found a list"]],
  ])("is refused with its place: %s", (_, text, problems) => {
    expect(refused(text)).toEqual(problems);
  });

  test("of junk ends soon", () => {
    expect(refused(`services:${" [".repeat(100_000)}`)[0]).toMatch(/^1:\d+ /);
    expect(refused("\u0000\u0001")[0]).toMatch(/^1:\d+ /);
  });
});
