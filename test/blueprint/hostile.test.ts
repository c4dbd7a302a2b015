import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { SAMPLE_BLUEPRINT } from "../../src/core/blueprint/sample.ts";
import { errorOf, HEAD } from "./refused.ts";

const MEBIBYTE = 2 ** 20;
const fill = (text: string, length = MEBIBYTE) => text.repeat(Math.floor(length / text.length));

/** The code of the error, or "read"; anything else that is thrown fails the test that asks. */
function outcome(text: string): string {
  try {
    parseBlueprint(text, "lapstrake.yaml");
    return "read";
  } catch (thrown) {
    if (thrown instanceof BlueprintError && thrown.problems.length > 0) return thrown.code;
    throw thrown;
  }
}

describe("big and deep text is refused where it exceeds a limit, within seconds", () => {
  test.each([
    ["a megabyte and a character", `${HEAD}#${fill("x")}`, "BLUEPRINT_TOO_BIG"],
    ["open brackets", fill("["), "BLUEPRINT_TOO_BIG"],
    ["open braces", fill("{"), "BLUEPRINT_TOO_BIG"],
    ["brackets and braces", fill("[{"), "BLUEPRINT_TOO_BIG"],
    ["lists on one line", fill("- "), "BLUEPRINT_TOO_BIG"],
    ["explicit keys on one line", fill("? "), "BLUEPRINT_TOO_BIG"],
    ["values on one line", fill(": "), "BLUEPRINT_TOO_BIG"],
    [
      "a staircase",
      Array.from({ length: 1400 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
      "BLUEPRINT_TOO_BIG",
    ],
    [
      "forty levels of maps",
      Array.from({ length: 40 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
      "BLUEPRINT_TOO_BIG",
    ],
    ["many tokens", `${HEAD}x: [${fill("1,")}`.slice(0, MEBIBYTE), "BLUEPRINT_TOO_BIG"],
    ["many quotes", fill('"'), "BLUEPRINT_TOO_BIG"],
    ["many tags", fill("!a "), "BLUEPRINT_TOO_BIG"],
    ["an alias of itself", `${HEAD}images: &a { b: *a }\n`, "BLUEPRINT_TOO_BIG"],
  ])("%s", (_, text, code) => {
    expect(errorOf(text).problems.map((problem) => problem.code)).toContain(code);
  });

  test("a bomb of aliases", () => {
    const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${fill(`*a${n}, `, 60)}]`);
    const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${levels.join("\n")}\n`;
    expect(errorOf(bomb).problems.map(({ code }) => code)).toContain("BLUEPRINT_TOO_BIG");
  });

  test("many different keys", () => {
    const keys = Array.from({ length: 50_000 }, (_, n) => `k${n}: 1`).join("\n");
    expect(errorOf(keys)).toMatchObject({ total: 50_003 });
    expect(errorOf(keys).problems).toHaveLength(100);
  });

  test("many services on machines that nobody has, among many machines", () => {
    const machines = Array.from({ length: 8000 }, (_, n) => `  machine-${n}: {}`).join("\n");
    const services = Array.from(
      { length: 8000 },
      (_, n) => `  s${n}: { planned: true, machines: [mochine-${n}] }`,
    );
    const text = `${HEAD}machines:\n${machines}\nservices:\n${services.join("\n")}\n`;
    expect(errorOf(text).total).toBe(8000);
  });
});

test("two thousand images are no problem", () => {
  const images = Array.from(
    { length: 2000 },
    (_, n) =>
      `  image-${n}:\n    dockerfile: docker/i${n}/Dockerfile\n    args: { A: "1", B: x }\n    tier: gpu\n`,
  );
  expect(parseBlueprint(`${HEAD}images:\n${images.join("")}`, "lapstrake.yaml").images).toHaveLength(2000);
});

describe("whatever the text, the answer is a blueprint or our own error", () => {
  test("arbitrary text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        expect(outcome(text)).toMatch(/^(?:read|BLUEPRINT_)/);
      }),
      { numRuns: 500 },
    );
  });

  test("text of the characters that YAML cares about", () => {
    const unit = fc.constantFrom(...Array.from("-?:,[]{}#&*!|>'\"%@`\n\t ~<.0123abx_=\\\r\0\uFEFF\u2028"));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 120 }), (text) => {
        expect(outcome(text)).toMatch(/^(?:read|BLUEPRINT_)/);
      }),
      { numRuns: 2000 },
    );
  });

  test("a good blueprint with pieces cut, repeated and put in", () => {
    const mutation = fc.record({
      at: fc.nat(SAMPLE_BLUEPRINT.length),
      cut: fc.nat(40),
      put: fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 12 }),
        fc.constantFrom(
          "\n",
          "  ",
          ": ",
          "- ",
          "&a ",
          "*a",
          "{",
          "]",
          "null",
          "~",
          "1e9",
          "__proto__",
          "!!x ",
          "|\n",
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), (mutations) => {
        let text = SAMPLE_BLUEPRINT;
        for (const { at, cut, put } of mutations) text = text.slice(0, at) + put + text.slice(at + cut);
        expect(outcome(text)).toMatch(/^(?:read|BLUEPRINT_)/);
      }),
      { numRuns: 500 },
    );
  });

  test("a good shape with any value in one place", () => {
    const paths = [
      "tag",
      "platforms",
      "roots",
      "images",
      "services",
      "machines",
      "budgets",
      "build",
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 4 }), (key, value) => {
        expect(outcome(`${HEAD}${key}: ${JSON.stringify(value)}\n`)).toMatch(/^(?:read|BLUEPRINT_)/);
      }),
      { numRuns: 500 },
    );
  });

  test("the canary: the sample itself is read", () => {
    expect(outcome(SAMPLE_BLUEPRINT)).toBe("read");
  });
});
