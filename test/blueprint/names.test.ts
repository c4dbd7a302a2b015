import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { errorOf, HEAD, refused } from "./refused.ts";

const TWO = "machines:\n  m: { profile: { A: 1 } }\n  n: {}\n";

describe("one set of names", () => {
  test.each([
    [
      "an image and a root",
      `${HEAD}roots:\n  a: { image: a:1 }\nimages:\n  a: { dockerfile: d }\n`,
      "7:3",
      "lapstrake.yaml:5:3",
    ],
    [
      "a service and an image",
      `${HEAD}images:\n  a: { dockerfile: d }\nservices:\n  a: { dockerfile: e }\n`,
      "7:3",
      "lapstrake.yaml:5:3",
    ],
    [
      "a planned service and an image",
      `${HEAD}images:\n  a: { dockerfile: d }\nservices:\n  a: { planned: true }\n`,
      "7:3",
      "lapstrake.yaml:5:3",
    ],
    [
      "a service on its machine and an image",
      `${HEAD}images:\n  s-n: { dockerfile: d }\n${TWO}services:\n  s: { dockerfile: e, machines: [m, n] }\n`,
      "10:3",
      "lapstrake.yaml:5:3",
    ],
    [
      "two services of which one is expanded",
      `${HEAD}${TWO}services:\n  s: { dockerfile: d, machines: [m, n] }\n  s-m: { dockerfile: e, machines: [n] }\n`,
      "9:3",
      "lapstrake.yaml:8:3",
    ],
  ])("%s", (_, text, place, first) => {
    expect(refused(text)).toEqual([`${place} BLUEPRINT_DUPLICATE`]);
    expect(errorOf(text).message).toContain(first);
  });

  test("a service that is not expanded leaves the longer name free", () => {
    const text = `${HEAD}machines: { m: {}, n: {} }\nservices:\n  s: { dockerfile: d, machines: [m, n] }\n  s-m: { dockerfile: e }\n`;
    expect(parseBlueprint(text, "lapstrake.yaml").services).toHaveLength(2);
  });

  test("machines have names of their own", () => {
    const text = `${HEAD}machines: { a: {} }\nimages:\n  a: { dockerfile: d }\n`;
    expect(parseBlueprint(text, "lapstrake.yaml").machines).toMatchObject([{ name: "a" }]);
  });
});

describe("twice the same", () => {
  test.each([
    ["an image of two roots", `${HEAD}roots:\n  a: { image: x:1 }\n  b: { image: x:1 }\n`, "6:15"],
    ["a platform", `${HEAD}platforms: [linux/amd64, linux/arm64, linux/amd64]\n`, "4:39"],
    [
      "a machine of a service",
      `${HEAD}${TWO}services:\n  s: { planned: true, machines: [m, n, m] }\n`,
      "8:40",
    ],
  ])("%s", (_, text, place) => {
    expect(refused(text)).toEqual([`${place} BLUEPRINT_DUPLICATE`]);
  });
});

describe("names that nothing has", () => {
  test.each([
    [
      "a parent",
      `${HEAD}images:\n  base: { dockerfile: d }\n  a: { dockerfile: d, parent: bse }\n`,
      "6:31",
      'mean "base"?',
    ],
    ["itself as parent", `${HEAD}images:\n  base: { dockerfile: d, parent: base }\n`, "5:34", "itself"],
    [
      "a machine",
      `${HEAD}${TWO}services:\n  s: { dockerfile: d, machines: [m, pc2] }\n`,
      "8:37",
      "there are m, n",
    ],
    [
      "a machine of a planned service",
      `${HEAD}services:\n  s: { planned: true, machines: [m] }\n`,
      "5:34",
      "there is none",
    ],
  ])("%s", (_, text, place, hint) => {
    expect(refused(text)).toEqual([`${place} BLUEPRINT_REFERENCE`]);
    expect(errorOf(text).hint).toContain(hint);
  });

  test("a planned service's family may be missing: that is a finding of check, with its place", () => {
    const text = `${HEAD}services:\n  s: { planned: true, family: family-cpu-pydeps }\n`;
    const blueprint = parseBlueprint(text, "lapstrake.yaml");
    expect(blueprint.services).toMatchObject([{ planned: true, family: "family-cpu-pydeps" }]);
  });

  test("a parent may be a root, an image further down, or a service", () => {
    const text = `${HEAD}roots: { r: { image: a:1 } }\nimages:\n  a: { dockerfile: d, parent: b }\n  b: { dockerfile: d, parent: r }\n  c: { dockerfile: d, parent: s }\nservices:\n  s: { dockerfile: d }\n`;
    expect(parseBlueprint(text, "lapstrake.yaml").images.map(({ parent }) => parent)).toEqual([
      "b",
      "r",
      "s",
    ]);
  });
});
