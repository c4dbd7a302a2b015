import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { errorOf, HEAD, refused } from "./refused.ts";

const ci = (keys: string) => `${HEAD}ci: { ${keys} }\n`;
const CHECKOUT = "lapstrake: { kind: checkout }";

test("without ci: there is none; with it, everything but how lapstrake is had has a default", () => {
  expect(parseBlueprint(HEAD, "lapstrake.yaml")).not.toHaveProperty("ci");
  expect(parseBlueprint(ci(CHECKOUT), "lapstrake.yaml").ci).toEqual({
    lapstrake: { kind: "checkout", path: "." },
    lock: "committed",
    branches: ["main"],
    pullRequests: true,
    runners: { cpu: ["ubuntu-24.04"], gpu: ["ubuntu-24.04"] },
    timeout: 120,
    schedule: "17 4 * * *",
    prune: { keep: 10, olderThan: 30, token: "LAPSTRAKE_PRUNE_TOKEN" },
  });
});

describe("each value in its place", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  test.each([
    ["kind", "lapstrake: { kind: docker }", "4:26"],
    ["an image by tag", "lapstrake: { kind: image, image: ghcr.io/e/l:1 }", "4:40"],
    ["a folder outside", "lapstrake: { kind: package, path: ../x }", "4:41"],
    ["registry", `${CHECKOUT}, registry: e/l`, "4:48"],
    ["a branch with a space", `${CHECKOUT}, branches: [a b]`, "4:49"],
    ["no branch", `${CHECKOUT}, branches: []`, "4:38"],
    ["an expression as a label", `${CHECKOUT}, runners: { cpu: ["\${{ x }}"] }`, "4:55"],
    ["no label", `${CHECKOUT}, runners: { gpu: [] }`, "4:49"],
    ["timeout", `${CHECKOUT}, timeout: 0`, "4:47"],
    ["a secret's value", `${CHECKOUT}, login: "ghp abc"`, "4:45"],
    ["a name that GitHub keeps", `${CHECKOUT}, login: GITHUB_LOGIN`, "4:45"],
    ["schedule", `${CHECKOUT}, schedule: "4 * * *"`, "4:48"],
    ["a schedule in words", `${CHECKOUT}, schedule: "@daily"`, "4:48"],
    ["keep", `${CHECKOUT}, prune: { keep: 0 }`, "4:53"],
    ["lock", `${CHECKOUT}, lock: never`, "4:44"],
  ])("%s", (_, keys, place) => {
    expect(refused(ci(keys))).toEqual([`${place} BLUEPRINT_VALUE`]);
  });

  test("an image by digest is taken, whatever registry it lies in", () => {
    const { ci: settings } = parseBlueprint(
      ci(`lapstrake: { kind: image, image: "ghcr.io/e/l@${digest}" }, schedule: "0 3 * * MON-FRI"`),
      "lapstrake.yaml",
    );
    expect(settings?.lapstrake).toMatchObject({ kind: "image", image: { host: "ghcr.io", digest } });
  });

  test("what is missing or misspelt is named", () => {
    expect(refused(ci("timeout: 3"))).toEqual(["4:1 BLUEPRINT_MISSING"]);
    expect(errorOf(ci(`${CHECKOUT}, runner: {}`)).hint).toBe('did you mean "runners"?');
  });
});
