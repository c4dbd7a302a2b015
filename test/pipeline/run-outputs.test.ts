import { expect, test } from "vitest";
import { dockerBuildWaves } from "../../src/core/pipeline/docker-build.ts";
import { runOutputs } from "../../src/core/pipeline/run-outputs.ts";
import type { Plan, PlannedImage } from "../../src/core/plan/plan.ts";
import { filesWithCi, inputsOf } from "./opened.ts";

type Actions = Readonly<Record<string, PlannedImage["action"]>>;

async function outputsOf(
  actions: Actions,
  release: Plan["release"],
): Promise<Readonly<Record<string, string>>> {
  const images = Object.entries(actions).map(([name, action]) => ({ name, action }) as PlannedImage);
  const waves = dockerBuildWaves(await inputsOf(filesWithCi()));
  return Object.fromEntries(runOutputs({ images, release } as unknown as Plan, waves));
}

const TAG = { state: "tag", tag: "t", previous: "t-prev", images: [] } as const;

test("a wave has what is left to do, in its own order, and nothing else", async () => {
  expect(await outputsOf({ base: "reuse", web: "wait", cpu: "reuse", api: "wait" }, TAG)).toEqual({
    "wave-1": "[]",
    "wave-2": '[{"image":"web","machine":"any"}]',
    "wave-3": '[{"image":"api","machine":"any"}]',
    images: "base web cpu api",
    release: "yes",
  });
});

test("what cannot be had is in no wave, and is not scanned", async () => {
  expect(
    await outputsOf({ base: "build", web: "unavailable", cpu: "wait", api: "unavailable" }, TAG),
  ).toMatchObject({
    "wave-2": '[{"image":"cpu","machine":"any"}]',
    "wave-3": "[]",
    images: "base cpu",
  });
});

test("nothing to release is told, and a release that would be refused is not taken for that", async () => {
  const all = { base: "reuse", web: "reuse", cpu: "reuse", api: "reuse" } as const;
  expect(await outputsOf(all, { state: "unchanged", tag: "t" })).toMatchObject({
    "wave-1": "[]",
    release: "no",
  });
  expect(await outputsOf(all, { state: "refused", code: "DIRTY_TREE", why: "x" })).toMatchObject({
    release: "yes",
  });
  expect(await outputsOf({ base: "unavailable" }, TAG)).toMatchObject({ images: "", release: "no" });
});

test("every output of the plan's job is given", async () => {
  const { dockerBuildPipeline } = await import("../../src/core/pipeline/docker-build.ts");
  const inputs = await inputsOf(filesWithCi());
  const [plan] = dockerBuildPipeline(inputs).jobs;
  expect(Object.keys(await outputsOf({ base: "build" }, TAG))).toEqual(plan?.outputs);
});
