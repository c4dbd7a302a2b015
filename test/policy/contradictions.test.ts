import { describe, expect, it } from "vitest";
import type { Contradiction } from "../../src/core/policy/contradictions/contradiction.ts";
import { RULES } from "../../src/core/policy/contradictions/rules.ts";
import { CASES } from "./contradiction-cases.ts";
import { type PlanFixture, planFacts } from "./plan-facts.ts";

function found(rule: string, fixture: PlanFixture): readonly Contradiction[] {
  return RULES[rule]?.(planFacts(fixture)) ?? [];
}

const placeOf = (at: Contradiction["against"]) =>
  at === undefined ? undefined : `${at.file}:${at.line}:${at.column}`;

describe.each(CASES)("$rule: $because", ({ rule, fires, id, places, quiet }) => {
  it("is found, with both places, a resolution and its id", () => {
    const all = found(rule, fires);
    expect(all.map((each) => each.id)).toEqual([`${rule}/${id}`]);
    const [first] = all;
    expect([placeOf(first?.at), placeOf(first?.against)]).toEqual(places);
    expect(first?.hint).toMatch(/\w/);
    const told = first?.chain.join("\n") ?? "";
    expect(places.filter((place) => place !== undefined && !told.includes(place))).toEqual([]);
  });

  it("is not found in its twin", () => {
    expect(quiet.flatMap((fixture) => found(rule, fixture))).toEqual([]);
  });
});

it("no rule is without a case", () => {
  expect([...new Set(CASES.map(({ rule }) => rule))].toSorted()).toEqual(Object.keys(RULES).toSorted());
});
