import { beforeAll, describe, expect, it } from "vitest";
import type { Decided } from "../../src/core/policy/contradictions/judge.ts";
import { openWorkingTree } from "../../src/edge/tree/working-tree.ts";
import { judgePlan, type PlanReport } from "../../src/flow/check-plan.ts";
import { type Fleet, loadFleet } from "../../src/flow/load-fleet.ts";
import { createScriptedRunner } from "../kit/scripted-runner.ts";
import { createTestMachine } from "../kit/world.ts";

const folder = new URL("../../fleet", import.meta.url).pathname;

/** Of the guide's contradictions each, by the ids that its parts have. */
const KNOWN: readonly (readonly [what: string, ...ids: string[]])[] = [
  ["1 a family that is defined nowhere", "unknown-family/family-cpu-pydeps"],
  ["2 architectures that PyTorch refuses", "cuda-arch-list/89;86"],
  ["3 example tags without a commit", "example-tag/20240815"],
  [
    "4 every image multi-stage, and examples that are not; the application before its dependencies",
    "single-stage/guide",
    "app-before-dependencies/model_ops_coordinator/Dockerfile",
  ],
  [
    "5 a health port that differs, and no init",
    "health-port/intention_validator_agent",
    "no-init/intention_validator_agent/Dockerfile",
  ],
  ["6 a cache mount and no cache", "cache-disabled/model_ops_coordinator/Dockerfile"],
  ["7 a builder on the image's own base", "shared-builder/model_ops_coordinator/Dockerfile"],
  [
    "8 two images drawn under parents that they do not derive from",
    "drawn-parent/base-gpu-cu121",
    "drawn-parent/legacy-py310-cpu",
  ],
  ["9 budgets without a measure", "ambiguous-budget/guide.md"],
  [
    "10 two services on the same ports",
    "port-taken/real_time_audio_pipeline+real_time_audio_pipeline_pc2@pc2",
  ],
  ["11 one cache for nine images", "shared-cache/ghcr.io/haymayndzultra/cache"],
  [
    "12 a parent that is passed and ignored, and another context",
    "argument-ignored/BASE_IMAGE",
    "context-differs/.",
  ],
  ["13 a machine that is never passed", "argument-not-passed/MACHINE@phase-1-base-images"],
  [
    "14 ways back without a scope",
    "undefined-scope/-prev",
    "undefined-scope/re-tag",
    "undefined-scope/FORCE_IMAGE_TAG",
  ],
  ["15 torch 2.2.2, which no vllm takes", "pins-conflict/vllm+torch@family-llm-cu121@guide"],
];

let fleet: Fleet;
let report: PlanReport;
let undecided: PlanReport;
beforeAll(async () => {
  const machine = await createTestMachine();
  const world = {
    ...machine.world(),
    findBlueprint: () => `${folder}/lapstrake.yaml`,
    tree: (root: string) => openWorkingTree({ root, runner: createScriptedRunner([]), clock: Date.now }),
    engine: () => undefined,
  };
  fleet = await loadFleet(world);
  report = await judgePlan(fleet);
  undecided = await judgePlan({ ...fleet, blueprint: { ...fleet.blueprint, decisions: [] } });
});

describe("the reference fleet and its guide", () => {
  it.each(KNOWN)("has %s: found where nobody decided", (_, ...ids) => {
    const found = new Map(undecided.open.map((each) => [each.id, each]));
    for (const id of ids) {
      expect([...found.keys()]).toContain(id);
      expect(found.get(id)).toMatchObject({ against: expect.anything(), hint: expect.stringMatching(/\w/) });
    }
    expect(undecided.decided).toEqual([]);
  });

  it("without its guide has only what the blueprint itself contradicts", async () => {
    const alone = await judgePlan({ ...fleet, blueprint: { ...fleet.blueprint, guides: [], decisions: [] } });
    expect(alone.open.map(({ rule }) => rule)).toEqual(["port-taken"]);
  });

  it("has a decision or a proposal for each, no other contradiction, and no decision that is stale", () => {
    const { open, decided, findings } = report;
    expect(findings).toEqual([]);
    const known = new Set(KNOWN.flatMap(([, ...ids]) => ids));
    // What follows from the same causes: the base images' moving tag, and the fleet's own way of building.
    known.add("example-tag/20250812-latest").add("single-stage/fleet");
    expect([...open, ...decided].map(({ id }) => id).toSorted()).toEqual([...known].toSorted());
    for (const { decision } of decided satisfies readonly Decided[]) {
      expect(decision.when <= new Date().toISOString().slice(0, 10)).toBe(true);
    }
  });
});
