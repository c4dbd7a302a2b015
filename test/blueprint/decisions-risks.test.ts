import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { errorOf, HEAD, refused } from "./refused.ts";

const decision = (keys: string) =>
  `${HEAD}decisions:\n  - { decision: d, who: owners, why: because, ${keys} }\n`;
const KNOWN = `${HEAD}images: { i: { dockerfile: d } }\nmachines: { m: { gpu: g } }\n`;
const PLAN =
  'plan:\n  id: p\n  title: P\n  documents: { postreview: "{plan}{phase}a.md", preanalysis: "{plan}{phase}b.md" }\n  phases:\n    0: { title: T, note: N, constraints: { n: N }, rules: { s: { proves: [n], check: { kind: plan-sound } } } }\n';
const risk = (watch: string) =>
  `${KNOWN}${PLAN}  risks:\n    R1: { risk: r, likelihood: low, impact: high, mitigation: m, fallback: f, watch: ${watch} }\n`;
const risksOf = (text: string) => {
  const { plan } = parseBlueprint(text, "lapstrake.yaml");
  return typeof plan === "object" ? plan.risks : [];
};

describe("decisions", () => {
  test("are read in order, each with the place of its id", () => {
    const text = decision("id: unknown-family/a, when: 2026-03-31");
    expect(parseBlueprint(text, "lapstrake.yaml").decisions).toEqual([
      {
        id: "unknown-family/a",
        decision: "d",
        who: "owners",
        when: "2026-03-31",
        why: "because",
        at: { file: "lapstrake.yaml", line: 5, column: 51 },
      },
    ]);
  });

  test.each([
    ["an id with blanks", decision("id: a b, when: 2026-03-31"), "5:51 BLUEPRINT_VALUE"],
    ["a subject of nothing", decision("id: a/, when: 2026-03-31"), "5:51 BLUEPRINT_VALUE"],
    ["a day that no calendar has", decision("id: a, when: 2026-02-30"), "5:60 BLUEPRINT_VALUE"],
    ["a day in another form", decision("id: a, when: 31.3.2026"), "5:60 BLUEPRINT_VALUE"],
    ["no day", decision("id: a"), "5:5 BLUEPRINT_MISSING"],
    [
      "the same id twice",
      `${decision("id: a, when: 2026-03-31")}  - { decision: d, who: w, why: y, id: a, when: 2026-03-31 }\n`,
      "6:40 BLUEPRINT_DUPLICATE",
    ],
  ])("refuses %s", (_, text, problem) => {
    expect(refused(text)).toEqual([problem]);
  });
});

describe("risks", () => {
  test("have the command of their own id as detector, unless told", () => {
    const [read] = risksOf(risk("{ kind: cache-quota, limit: 20GB }"));
    expect(read).toMatchObject({
      id: "R1",
      detector: "lapstrake risk R1",
      phases: [],
      watch: { kind: "cache-quota", limit: 20e9 },
      at: { line: 13, column: 5 },
    });
  });

  test.each([
    ["a kind that nobody watches", "{ kind: drivr }"],
    ["a driver as a number", "{ kind: driver, floor: 535 }"],
    ["a driver that is none", '{ kind: driver, floor: "latest" }'],
    ["a day that no calendar has", "{ kind: expiry, image: i, until: 2026-13-01 }"],
    ["a quota without a unit", '{ kind: cache-quota, limit: "20" }'],
    [
      "a component without a digest",
      "{ kind: allowlist, entries: [{ id: CVE-1, component: zlib, expires: 2026-03-31, approver: a, why: w }] }",
    ],
  ])("refuses %s", (_, watch) => {
    expect(refused(risk(watch))).toEqual([expect.stringMatching(/^13:\d+ BLUEPRINT_VALUE$/)]);
  });

  test("name images and machines that are there", () => {
    expect(errorOf(risk("{ kind: expiry, image: j, until: 2026-03-31 }")).code).toBe("BLUEPRINT_REFERENCE");
    expect(errorOf(risk('{ kind: driver, floor: "535", machines: [n] }')).code).toBe("BLUEPRINT_REFERENCE");
    expect(risksOf(risk('{ kind: driver, floor: "535", machines: [m] }'))).toHaveLength(1);
  });
});

describe("guides", () => {
  test("are paths inside the folder, each once", () => {
    expect(parseBlueprint(`${HEAD}guides: [./docs/guide.md]\n`, "f").guides).toEqual(["docs/guide.md"]);
    expect(refused(`${HEAD}guides: [a.md, a.md, ../b.md]\n`)).toEqual([
      "4:16 BLUEPRINT_DUPLICATE",
      "4:22 BLUEPRINT_VALUE",
    ]);
  });
});
