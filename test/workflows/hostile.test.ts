import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeText } from "./judged.ts";

const HEAD = "on: push\npermissions: {}\n";
const rulesOf = (text: string) => [...new Set(judgeText(text).map(({ rule }) => rule))];

/** Milliseconds; on an idle machine each takes far less. What grows with the square of its size would take minutes. */
const PATIENCE = 8000;
const timed = (text: string) => {
  const started = performance.now();
  const findings = judgeText(text);
  expect(performance.now() - started).toBeLessThan(PATIENCE);
  return findings;
};

describe("a hostile workflow is a finding with its place", () => {
  test("aliases that stand for each other", () => {
    const levels = Array.from({ length: 30 }, (_, at) => `l${at + 1}: &l${at + 1} [*l${at}, *l${at}]`);
    const [finding] = timed(`${HEAD}l0: &l0 [x]\n${levels.join("\n")}\n`);
    expect(finding).toMatchObject({ rule: "workflow-too-big", level: "error", at: { file: "w.yml" } });
    expect(finding?.at?.line).toBeGreaterThan(2);
  });

  test("nesting without end, in both styles", () => {
    expect(rulesOf(`a: ${"[".repeat(100_000)}\n`)).toEqual(["workflow-too-big"]);
    const deep = Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}k:`).join("\n");
    expect(rulesOf(`${deep}\n`)).toEqual(["workflow-too-big"]);
  });

  test("more than a megabyte", () => {
    expect(rulesOf(`a: ${"x".repeat(1024 * 1024)}\n`)).toEqual(["workflow-too-big"]);
  });

  test("the same key twice, deeper down", () => {
    const [finding, ...more] = judgeText(`${HEAD}jobs:\n  a:\n    runs-on: x\n    runs-on: y\n`);
    expect(finding).toMatchObject({ rule: "workflow-duplicate-key", at: { line: 6, column: 5 } });
    expect(more).toEqual([]);
  });

  test("an alias of nothing, a tab, a control character, other bytes, a conflict", () => {
    for (const text of ["a: *b\n", "a:\n\tb: 1\n", "a: \u0007\n", "a: \ufffd\n", "<<<<<<< ours\n"]) {
      const [finding] = judgeText(text);
      expect(finding, JSON.stringify(text)).toMatchObject({ rule: "workflow-yaml", level: "error" });
      expect(finding?.at?.line).toBeGreaterThan(0);
    }
  });

  test("a number that YAML changes is a warning", () => {
    const steps =
      "jobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./a\n        with: { python-version: 3.10 }\n";
    expect(judgeText(HEAD + steps)).toMatchObject([{ rule: "workflow-number", level: "warning" }]);
  });

  test("values where others belong are passed over", () => {
    for (const text of ["", "x", "[]", "jobs: 3", "jobs: [a]", "jobs: { a: 1 }", "jobs: { a: { steps: 1 } }"])
      expect(() => judgeText(text), text).not.toThrow();
    const odd =
      "jobs:\n  a: { steps: [1, { uses: 1 }, { run: [] }, { with: 3 }], needs: { b: 1 }, strategy: 3 }\n";
    expect(rulesOf(HEAD + odd)).toEqual([]);
    expect(rulesOf(`${HEAD}jobs:\n  __proto__: 1\n  constructor: { runs-on: x }\n`)).toEqual([
      "workflow-number",
    ]);
  });

  test("a script full of what the rules look for", () => {
    const script = (line: string) => {
      const lines = Array.from(
        { length: Math.floor(500_000 / (line.length + 11)) },
        () => `          ${line}`,
      );
      return `${HEAD}jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n${lines.join("\n")}\n`;
    };
    for (const line of ["${{", "${{ inputs.a }}", "x || true", "docker build -t a .", '$("`'])
      expect(timed(script(line)).length, line).toBeGreaterThanOrEqual(0);
    expect(timed(script("a || true"))[0]).toMatchObject({ level: "warning", at: { line: 8 } });
  });

  test("a file full of secrets, and one full of steps", () => {
    const token = `ghp_${"a1B2".repeat(9)}`;
    // Whoever has so many looks at all of the file.
    expect(timed(Array.from({ length: 20_000 }, () => `# ${token}`).join("\n"))).toHaveLength(20);
    const steps = Array.from({ length: 8_000 }, () => "      - run: docker push a/b:c").join("\n");
    expect(timed(`${HEAD}jobs:\n  a:\n    runs-on: x\n    steps:\n${steps}\n`)).toHaveLength(8_000);
  });
});

test("any text, and any damage to a good one, gives findings and no exception", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
      for (const { at } of judgeText(text)) expect(at?.line).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
  const good = `${HEAD}jobs:\n  a:\n    runs-on: x\n    strategy: { matrix: { m: [1] } }\n    steps:\n      - uses: a/b@main\n        with: { tags: "x:latest" }\n      - run: |\n          docker build -t a:b . || true\n          echo \${{ inputs.a }}\n`;
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 5 }), (at, gone, put) => {
      judgeText(good.slice(0, at) + put + good.slice(at + gone));
    }),
    { numRuns: 300 },
  );
});
