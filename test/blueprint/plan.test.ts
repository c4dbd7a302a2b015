import { describe, expect, test } from "vitest";
import { BlueprintError } from "../../src/core/blueprint/error.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { parsePlan } from "../../src/core/blueprint/parse-plan.ts";
import type { PlanNames } from "../../src/core/blueprint/plan-problems.ts";
import { SAMPLE_BLUEPRINT } from "../../src/core/blueprint/sample.ts";
import { errorOf, HEAD } from "./refused.ts";

const NAMES: PlanNames = { machines: ["m1", "m2"], images: ["base", "api"], services: ["api", "later"] };

const TOP = `id: p
title: P
machines: [m1, m2]
documents: { postreview: "d/{plan}_{phase}.md", preanalysis: "d/{phase}_pre.md" }
phases:
`;

/** A plan of these phases, each as `ID: { extra keys }` over a phase that is well. */
function planOf(phases: Readonly<Record<string, string>>, more = ""): string {
  return planInOrder(Object.entries(phases), more);
}

function planInOrder(phases: readonly (readonly [id: string, keys: string])[], more = ""): string {
  const texts = phases.map(
    ([id, keys]) =>
      `  ${id}:\n    title: T${id}\n${keys.includes("note:") || id.includes(".") ? "" : "    note: Do not skip.\n"}${keys}`,
  );
  return `${TOP}${texts.join("")}${more}`;
}

const SOUND =
  "    constraints: { order: not skip }\n    rules:\n      r: { proves: [order], check: { kind: plan-sound } }\n";
const withRule = (rule: string): string =>
  `    constraints: { order: not skip }\n    rules:\n      r: ${rule}\n`;

/** The problems, each as `line:column CODE: message`. */
function problemsOf(text: string): readonly string[] {
  try {
    parsePlan(text, "plan.yaml", NAMES);
  } catch (error) {
    if (!(error instanceof BlueprintError) || error.code !== "PLAN_INVALID") throw error;
    return error.problems.map(({ at, code, message }) => `${at.line}:${at.column} ${code}: ${message}`);
  }
  return [];
}

describe("a plan in a file of its own", () => {
  test("is read in file order, with places, and phases wait for the one before", () => {
    const plan = parsePlan(
      planInOrder(["0", "2", "1", "3", "3.1", "3.2", "4"].map((id) => [id, SOUND])),
      "plan.yaml",
      NAMES,
    );
    expect(plan.phases.map(({ id, parent, requires }) => [id, parent, requires])).toEqual([
      ["0", undefined, []],
      ["2", undefined, ["0"]],
      ["1", undefined, ["2"]],
      ["3", undefined, ["1", "3.1", "3.2"]],
      ["3.1", "3", ["1"]],
      ["3.2", "3", ["3.1"]],
      ["4", undefined, ["3"]],
    ]);
    expect(plan.phases[4]).toMatchObject({ note: "Do not skip.", at: { file: "plan.yaml", column: 3 } });
    expect(plan.phases[0]?.rules).toEqual([
      {
        id: "r",
        proves: ["order"],
        perMachine: false,
        check: { kind: "plan-sound" },
        at: { file: "plan.yaml", line: 11, column: 7 },
      },
    ]);
    expect(plan.phases[0]?.constraints).toEqual([
      { id: "order", quote: "not skip", at: { file: "plan.yaml", line: 9, column: 27 } },
    ]);
  });

  test("has ids that are text: 4.10 is not 4.1", () => {
    const plan = parsePlan(planInOrder(["4", "4.1", "4.10"].map((id) => [id, SOUND])), "plan.yaml", NAMES);
    expect(plan.phases.map(({ id }) => id)).toEqual(["4", "4.1", "4.10"]);
  });

  test.each([
    [
      "an unknown key",
      planOf({ "0": `    deliverable: [a]\n${SOUND}` }),
      ['9:5 BLUEPRINT_UNKNOWN_KEY: found the unknown key "deliverable" of phases.0'],
    ],
    [
      "a quote that does not stand in the note",
      planOf({ "0": SOUND.replace("not skip }", "never skip }") }),
      ['9:27 BLUEPRINT_VALUE: expected words of the note of phase 0, verbatim, found "never skip"'],
    ],
    [
      "a quote of another phase's note, in a part",
      planOf({ "0": `    note: One.\n${SOUND.replace("not skip }", "One }")}`, "0.1": SOUND }),
      ['14:27 BLUEPRINT_VALUE: expected words of the note of phase 0.1, verbatim, found "not skip"'],
    ],
    [
      "a phase without a note",
      planOf({ "0": SOUND }).replace("    note: Do not skip.\n", ""),
      ['6:3 BLUEPRINT_MISSING: expected the key "note" in phases.0, found none'],
    ],
    [
      "a part without a whole",
      planOf({ "0": SOUND, "1.1": `    note: Do not skip.\n${SOUND}` }),
      ['12:3 BLUEPRINT_REFERENCE: expected the phase "1" of which 1.1 is a part, found none'],
    ],
    [
      "a required phase that is not there",
      planOf({ "0": `    requires: ["1"]\n${SOUND}` }),
      ['9:16 BLUEPRINT_REFERENCE: phases.0.requires[0]: expected the id of a phase, found "1"'],
    ],
    [
      "phases that wait for each other",
      planOf({ "0": `    requires: ["1"]\n${SOUND}`, "1": `    requires: ["0"]\n${SOUND}` }),
      ["9:5 BLUEPRINT_REFERENCE: found phases that wait for each other: 0 requires 1 requires 0"],
    ],
    [
      "a part that waits for its whole",
      planOf({ "0": SOUND, "0.1": `    requires: ["0"]\n${SOUND}` }),
      ["14:5 BLUEPRINT_REFERENCE: found phases that wait for each other: 0 requires 0.1 requires 0"],
    ],
    [
      "a rule that proves what nobody asked",
      planOf({ "0": withRule("{ proves: [ordr], check: { kind: plan-sound } }") }),
      [
        '11:21 BLUEPRINT_REFERENCE: phases.0.rules.r.proves[0]: expected a constraint of its phase, found "ordr"',
      ],
    ],
    [
      "an unknown kind of check",
      planOf({ "0": withRule("{ proves: [order], check: { kind: plan-sond } }") }),
      ['11:44 BLUEPRINT_VALUE: phases.0.rules.r.check.kind: expected a known kind, found "plan-sond"'],
    ],
    [
      "a parameter of another kind",
      planOf({ "0": withRule("{ proves: [order], check: { kind: tags-in-scheme, images: all } }") }),
      [
        '11:60 BLUEPRINT_UNKNOWN_KEY: found the unknown key "images" of phases.0.rules.r.check, the check tags-in-scheme',
      ],
    ],
    [
      "an image that nothing is",
      planOf({ "0": withRule("{ proves: [order], check: { kind: size-budget, images: [bas] } }") }),
      [
        '11:66 BLUEPRINT_REFERENCE: phases.0.rules.r.check.images[0]: expected the name of an image or service that is built, found "bas"',
      ],
    ],
    [
      "a planned service where one that is built is meant",
      planOf({ "0": withRule("{ proves: [order], check: { kind: size-budget, images: [later] } }") }),
      [
        '11:66 BLUEPRINT_REFERENCE: phases.0.rules.r.check.images[0]: expected the name of an image or service that is built, found "later"',
      ],
    ],
    [
      "an exception for an image that nothing is",
      planOf({
        "0": withRule(
          "{ proves: [order], check: { kind: multi-stage, images: all, allow: [{ images: [nope], why: x }] } }",
        ),
      }),
      [
        '11:89 BLUEPRINT_REFERENCE: phases.0.rules.r.check.allow[0].images[0]: expected the name of an image or service that is built, found "nope"',
      ],
    ],
    [
      "a phase to compare with that is not there",
      planOf({
        "0": withRule(
          '{ proves: [order], check: { kind: identities-changed-only, images: [base], since: "7" } }',
        ),
      }),
      ['11:92 BLUEPRINT_REFERENCE: phases.0.rules.r.check.since: expected the id of a phase, found "7"'],
    ],
    [
      "a machine that the blueprint has not",
      planOf({ "0": SOUND }).replace("[m1, m2]", "[m1, m3]"),
      ['3:16 BLUEPRINT_REFERENCE: machines[1]: expected the name of a machine, found "m3"'],
    ],
    [
      "a rule for each machine where there is none",
      planOf({ "0": withRule("{ proves: [order], perMachine: true, check: { kind: plan-sound } }") }).replace(
        "machines: [m1, m2]\n",
        "",
      ),
      ["10:41 BLUEPRINT_REFERENCE: phases.0.rules.r.perMachine: found true, but the plan names no machine"],
    ],
    [
      "one path for the documents of all phases",
      planOf({ "0": SOUND }).replace("_{phase}.md", ".md"),
      [
        '4:26 BLUEPRINT_VALUE: documents.postreview: expected a path with the placeholder {phase}, found "d/{plan}.md"',
      ],
    ],
    [
      "a placeholder that nobody fills",
      planOf({ "0": SOUND }).replace("_{phase}.md", "_{phase}_{k}.md"),
      [
        '4:26 BLUEPRINT_VALUE: documents.postreview: expected a path with the placeholder {phase}, found "d/{plan}_{phase}_{k}.md"',
      ],
    ],
    [
      "a document outside the fleet's folder",
      planOf({ "0": SOUND }).replace("d/{plan}_", "../{plan}_"),
      [
        '4:26 BLUEPRINT_VALUE: documents.postreview: expected a path that stays in the folder of this file, found "../{plan}_{phase}.md"',
      ],
    ],
    [
      "a risk in a phase that is not there",
      planOf(
        { "0": SOUND },
        'risks:\n  R1: { risk: a, likelihood: low, impact: high, mitigation: b, detector: c, fallback: d, phases: ["9"] }\n',
      ),
      ['13:99 BLUEPRINT_REFERENCE: risks.R1.phases[0]: expected the id of a phase, found "9"'],
    ],
    [
      "an id that is no phase's",
      planOf({ "01": SOUND }),
      ['6:3 BLUEPRINT_VALUE: phases: expected the id of a phase, such as "4" or "4.1", found "01"'],
    ],
    ["prose", "all done, boss\n", ['1:1 BLUEPRINT_VALUE: expected a map, found "all done, boss"']],
  ])("refuses %s", (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test("tells problems of shape and of names together", () => {
    const text = planOf({ "0": `    requires: ["1"]\n    titel: x\n${SOUND}` });
    expect(problemsOf(text).map((each) => each.slice(0, each.indexOf(":", 6)))).toEqual([
      "9:16 BLUEPRINT_REFERENCE",
      "10:5 BLUEPRINT_UNKNOWN_KEY",
    ]);
  });

  test("bounds what is compared with each other", () => {
    const ids = Array.from({ length: 501 }, (_, index) => `  ${index}: {}\n`);
    expect(
      problemsOf(TOP + ids.join("")).some((each) => each.includes("at most 500 phases, found 501")),
    ).toBe(true);
  });
});

describe("a plan in the blueprint", () => {
  test("is read where it stands, and the sample has one", () => {
    const { plan } = parseBlueprint(SAMPLE_BLUEPRINT, "lapstrake.yaml");
    expect(plan).toMatchObject({ file: "lapstrake.yaml", id: "first_fleet", machines: ["mainpc", "pc2"] });
  });

  test("or is the path of its file, which is not read here", () => {
    expect(parseBlueprint(`${HEAD}plan: ./docs/plan.yaml\n`, "lapstrake.yaml").plan).toBe("docs/plan.yaml");
    expect(errorOf(`${HEAD}plan: ../plan.yaml\n`).problems[0]).toMatchObject({
      code: "BLUEPRINT_VALUE",
      at: { line: 4, column: 7 },
    });
  });

  test("tells its own problems, not that it is no path", () => {
    const text = SAMPLE_BLUEPRINT.replace("title: Protocol", "titel: Protocol");
    expect(errorOf(text).problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'BLUEPRINT_MISSING: expected the key "title" in plan.phases.0, found none',
      'BLUEPRINT_UNKNOWN_KEY: found the unknown key "titel" of plan.phases.0',
    ]);
    const machine = SAMPLE_BLUEPRINT.replace(
      "  machines: [mainpc, pc2]\n  documents",
      "  machines: [mainpx]\n  documents",
    );
    expect(errorOf(machine).problems[0]).toMatchObject({
      code: "BLUEPRINT_REFERENCE",
      hint: 'did you mean "mainpc"?',
    });
  });
});
