import { describe, expect, test } from "vitest";
import type { Json } from "../../src/core/base/json.ts";
import type { RuleCheck } from "../../src/core/blueprint/phase-plan.ts";
import { judge } from "../../src/core/phases/rules/judge.ts";
import { D1, D2, held, judged } from "./judged.ts";

describe("health-exact", () => {
  const check: RuleCheck = { kind: "health-exact", services: ["s"] };
  const answer = (status: number | null, body: string | null, why: string | null = null): Json => ({
    name: "s-1",
    id: "c1",
    url: "http://127.0.0.1:1/health",
    status,
    body,
    why,
  });
  const facts = (containers: Json[], more: object = {}): Json => ({
    release: "R1",
    place: "m",
    engine: "local",
    silent: null,
    expected: ["s"],
    images: [{ service: "s", image: "s", digest: D1, containers }],
    ...more,
  });

  test.each<[string, Json, string]>([
    [
      "exactly",
      facts([answer(200, '{"status":"ok"}')]),
      'holds: exactly {"status":"ok"} from s-1 of s <one>',
    ],
    [
      "with white space",
      facts([answer(200, '{ "status": "ok" }\n')]),
      'holds: exactly {"status":"ok"} from s-1 of s <one>',
    ],
    [
      "with more members",
      facts([answer(200, '{"status":"ok","degraded":true}')]),
      'fails: s-1 of s <one> answers 200 with "{\\"status\\":\\"ok\\",\\"degraded\\":true}", expected 200 with {"status":"ok"}',
    ],
    [
      "with another status",
      facts([answer(503, '{"status":"ok"}')]),
      'fails: s-1 of s <one> answers 503 with "{\\"status\\":\\"ok\\"}", expected 200 with {"status":"ok"}',
    ],
    [
      "with prose",
      facts([answer(200, "ok")]),
      'fails: s-1 of s <one> answers 200 with "ok", expected 200 with {"status":"ok"}',
    ],
    [
      "from nobody",
      facts([answer(null, null, "nobody answers")]),
      "unknown: s-1 of s <one> was not asked: nobody answers",
    ],
    ["no container of that digest", facts([]), "fails: no container of s <one> runs on local"],
    ["the engine is silent", facts([], { silent: "refused" }), "unknown: local did not answer: refused"],
    ["not released", facts([], { images: [] }), "fails: R1 holds no image of s"],
    [
      "nothing of it is placed there",
      facts([], { images: [], expected: [] }),
      "holds: none of the services is placed on m",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("document-present", () => {
  const check: RuleCheck = { kind: "document-present", path: "P.md" };

  test.each<[string, Json, string]>([
    ["there", { path: "P.md", digest: D1, bytes: 5 }, "holds: P.md has 5 bytes, <one>"],
    ["not there", { path: "P.md", digest: null, bytes: 0 }, "fails: there is no file P.md"],
    ["empty", { path: "P.md", digest: D1, bytes: 0 }, "fails: P.md is empty"],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("migrated", () => {
  const check: RuleCheck = { kind: "migrated", services: ["s", "t"] };
  const service = (name: string, planned: boolean, digest: Json): Json => ({
    name,
    planned,
    images: planned ? [] : [{ name, digest }],
  });

  test.each<[string, Json, string]>([
    [
      "all are",
      { release: "R1", services: [service("s", false, D1), service("t", false, D2)] },
      "holds: all 2 services are built and in R1: s <one>, t <two>",
    ],
    [
      "one is planned",
      { release: "R1", services: [service("s", false, D1), service("t", true, null)] },
      "fails: 1 of 2 services are still planned: t",
    ],
    [
      "one is not released",
      { release: "R1", services: [service("s", false, null)] },
      "fails: R1 does not hold s",
    ],
  ])("%s", (_, value, expected) => {
    expect(judged(check, value)).toBe(expected);
  });
});

describe("facts from outside", () => {
  test.each<[string, Json]>([
    ["nothing", null],
    ["a list", []],
    ["another shape", { release: 5 }],
    ["half of it", { release: "R1", dirty: false, registry: "r" }],
    [
      "a digest that is none",
      { release: "R1", dirty: false, registry: "r", images: [held("a", { digest: "sha256:1" })] },
    ],
  ])("%s is unknown, never good", (_, value) => {
    const check: RuleCheck = { kind: "release-complete", images: "all", allow: [] };
    expect(judge(check, value)).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("the raw facts cannot be read"),
    });
  });

  test("that could not be had say why", () => {
    expect(judged({ kind: "tags-in-scheme" }, { failure: "the registry refused [REGISTRY_DENIED]" })).toBe(
      "unknown: the registry refused [REGISTRY_DENIED]",
    );
  });

  test("of a kind that nobody judges are unknown", () => {
    expect(judged({ kind: "driver", atLeast: "535" }, {})).toBe(
      "unknown: this version cannot judge facts of driver",
    );
  });

  test("many reasons stay one line", () => {
    const images = Array.from({ length: 40 }, (_, index) => held(`i${index}`, { present: "no" }));
    const facts = { release: "R1", dirty: false, registry: "r.io", images };
    const { reason } = judge({ kind: "release-complete", images: "all", allow: [] }, facts);
    expect(reason).toMatch(/^i0 .*; and 28 more$/);
    expect(reason).not.toContain("\n");
  });
});
