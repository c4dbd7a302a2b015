import { describe, expect, it } from "vitest";
import { type Judgement, judge, staleDecisions } from "../../src/core/policy/contradictions/judge.ts";
import { planFacts } from "./plan-facts.ts";

const decisions = (...ids: readonly string[]) =>
  `decisions:\n${ids.map((id) => `  - { id: ${id}, decision: so it is, who: owners, when: 2026-03-31, why: because }\n`).join("")}`;
const GUIDE = "Use `FORCE_IMAGE_TAG`, then `-prev`.\n";
const judged = (blueprint: string): Judgement => judge(planFacts({ blueprint, guide: GUIDE }));
const idsOf = ({ open, decided }: Judgement) => ({
  open: open.map(({ id }) => id),
  decided: decided.map(({ id }) => id),
});
const stale = (blueprint: string) =>
  staleDecisions(planFacts({ blueprint }).blueprint.decisions, judged(blueprint));

describe("a decision", () => {
  it("settles the contradiction that it names, and no other", () => {
    expect(idsOf(judged(""))).toEqual({
      open: ["undefined-scope/-prev", "undefined-scope/FORCE_IMAGE_TAG"],
      decided: [],
    });
    const { open, decided } = judged(decisions("undefined-scope/-prev"));
    expect(open.map(({ id }) => id)).toEqual(["undefined-scope/FORCE_IMAGE_TAG"]);
    expect(decided).toMatchObject([
      { id: "undefined-scope/-prev", decision: { who: "owners", when: "2026-03-31", why: "because" } },
    ]);
  });

  it("on a rule settles all that it finds; one on the very contradiction goes first", () => {
    const both = judged(decisions("undefined-scope", "undefined-scope/-prev"));
    expect(both.open).toEqual([]);
    expect(both.decided.map(({ id, decision }) => [id, decision.id])).toEqual([
      ["undefined-scope/-prev", "undefined-scope/-prev"],
      ["undefined-scope/FORCE_IMAGE_TAG", "undefined-scope"],
    ]);
    expect(stale(decisions("undefined-scope", "undefined-scope/-prev"))).toEqual([]);
  });

  it.each([
    ["names what is no longer found", "undefined-scope/re-tag", "take it out"],
    ["is misspelt", "undefined-scope/FORCE_IMAGE_TAGS", "did you mean undefined-scope/FORCE_IMAGE_TAG?"],
    ["names a rule that there is not", "undefind-scope/-prev", "did you mean undefined-scope?"],
    ["is a rule that finds nothing", "example-tag", "take it out"],
  ])("that %s is a finding of its own", (_, id, hint) => {
    expect(stale(decisions(id))).toMatchObject([
      {
        rule: "stale-decision",
        message: expect.stringContaining(id),
        at: { file: "lapstrake.yaml", line: 5 },
        hint: expect.stringContaining(hint),
      },
    ]);
    expect(idsOf(judged(decisions(id))).decided).toEqual([]);
  });
});
