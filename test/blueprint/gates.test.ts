import { expect, test } from "vitest";
import { DEFAULT_GATES } from "../../src/core/blueprint/gate-policy.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { parseWaivers } from "../../src/core/blueprint/parse-waivers.ts";
import { refusedBy } from "./refused.ts";

const FLEET = "version: 1\nfleet: f\nregistry: local/f\n";

function gatesOf(text: string) {
  return parseBlueprint(`${FLEET}${text}`, "lapstrake.yaml").gates;
}

test("without the section there are no gates; an empty one is all of them, with the kept database", () => {
  expect(gatesOf("")).toBeUndefined();
  expect(gatesOf("gates: {}\n")).toEqual(DEFAULT_GATES);
});

test("a source that is named is the only one", () => {
  expect(gatesOf("gates: { vulnerabilities: { suite: {} } }\n")?.vulnerabilities).toEqual({
    deny: "high",
    unknown: "high",
    unfixed: "deny",
    maxAgeDays: 7,
    suite: { level: "deny" },
  });
});

test("a gate is off with a reason or not at all", () => {
  expect(gatesOf('gates: { off: { labels: "old images" } }\n')?.off).toEqual({ labels: "old images" });
  expect(refusedBy(() => gatesOf("gates: { off: { labels: }}\n"))).toEqual(["4:17 BLUEPRINT_VALUE"]);
  expect(refusedBy(() => gatesOf('gates: { off: { lables: "x" } }\n'))).toEqual([
    "4:17 BLUEPRINT_UNKNOWN_KEY",
  ]);
});

const WAIVER = `
  - gate: vulnerabilities
    id: CVE-2024-1
    image: web
    component: pkg:pypi/jinja2
    why: not reached
    who: owners
    from: 2026-03-01
    until: 2026-05-30
`;

function waivers(text: string) {
  return parseWaivers(`version: 1\nwaivers:${text}`, "waivers.yaml", { maxDays: 90, images: ["web"] });
}

test("a waiver carries its place", () => {
  expect(waivers(WAIVER)).toEqual([
    {
      gate: "vulnerabilities",
      id: "CVE-2024-1",
      image: "web",
      component: "pkg:pypi/jinja2",
      why: "not reached",
      who: "owners",
      from: "2026-03-01",
      until: "2026-05-30",
      at: { file: "waivers.yaml", line: 4, column: 9 },
    },
  ]);
  expect(waivers(" []\n")).toEqual([]);
});

test.each([
  ["until: 2026-05-31", "10:12 BLUEPRINT_VALUE", "longer than the policy allows"],
  ["until: 2026-02-28", "10:12 BLUEPRINT_VALUE", "over before it began"],
  ["until: 2026-02-30", "10:12 BLUEPRINT_VALUE", "no day"],
])("%s is refused", (until, problem) => {
  expect(refusedBy(() => waivers(WAIVER.replace(/until: .*/, until)))).toEqual([problem]);
});

test("an image that the fleet does not have, a field that is missing and one that nobody knows are refused", () => {
  expect(refusedBy(() => waivers(WAIVER.replace("image: web", "image: wbe")))).toEqual([
    "5:12 BLUEPRINT_REFERENCE",
  ]);
  expect(refusedBy(() => waivers(WAIVER.replace("    who: owners\n", "")))).toEqual([
    "3:5 BLUEPRINT_MISSING",
  ]);
  expect(refusedBy(() => waivers(WAIVER.replace("who:", "whom:")))).toContain("8:5 BLUEPRINT_UNKNOWN_KEY");
});

test("a waiver for all ids is none", () => {
  expect(refusedBy(() => waivers(WAIVER.replace("id: CVE-2024-1", 'id: "*"')))).toEqual([
    "4:9 BLUEPRINT_VALUE",
  ]);
});

test("Trivy as an image is named by its digest or not at all", () => {
  const trivy = (image: string) =>
    gatesOf(`gates: { vulnerabilities: { trivy: { image: "${image}" } } }\n`)?.vulnerabilities.trivy;
  const pinned = `registry.example/aquasec/trivy@sha256:${"a".repeat(64)}`;
  expect(trivy(pinned)).toEqual({ image: pinned });
  expect(refusedBy(() => trivy("registry.example/aquasec/trivy:latest"))).toEqual(["4:45 BLUEPRINT_VALUE"]);
});
