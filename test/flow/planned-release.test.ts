import { beforeEach, describe, expect, it } from "vitest";
import { planFleet } from "../../src/flow/plan-fleet.ts";
import { EVERYTHING } from "../../src/flow/survey-fleet.ts";
import { HOST, NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, gitAt, type TestMachine } from "../kit/world.ts";
import { released, run } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const plan = async () => (await planFleet(machine.world())).plan;

describe("what a plan says of the release that would follow", () => {
  it("is the tag and the images that the release then really puts", async () => {
    const { release } = await plan();
    const made = await released(machine);
    expect(release).toEqual({
      state: "tag",
      tag: made.tag,
      previous: `${made.tag}-prev`,
      images: SAMPLE_IMAGES,
    });
    expect(made.images.map(({ name }) => name)).toEqual(SAMPLE_IMAGES);
  });

  it("is that nothing changes where the release has nothing to do, on a machine without a ledger too", async () => {
    const { tag } = await released(machine);
    expect((await plan()).release).toEqual({ state: "unchanged", tag });
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
    const other = await createTestMachine({ registry: machine.registry });
    expect((await planFleet(other.world())).plan.release).toEqual({ state: "unchanged", tag });
  });

  it("is a tag alone after a commit that moved nothing", async () => {
    await released(machine);
    machine.commit("two");
    const { release, totals } = await plan();
    expect([release?.state, totals.build]).toEqual(["tag", 0]);
  });

  it("is the refusal that the release would meet", async () => {
    machine.git = gitAt("one", ["web/app/main.py"]);
    expect((await plan()).release).toMatchObject({ state: "refused", code: "DIRTY_TREE" });
    machine.git = { kind: "none", why: "no-commit" };
    expect((await plan()).release).toMatchObject({ state: "refused", code: "NO_GIT" });
  });

  it("is nothing where images are named: a release is of the fleet", async () => {
    const named = await planFleet(machine.world(), { ...EVERYTHING, images: ["web"] });
    expect(named.plan.release).toBeUndefined();
  });
});

describe("what a plan says of pushes", () => {
  it("is the very name that the build is pushed under; what waits has none yet", async () => {
    const { images } = await plan();
    const pushes = new Map(images.map(({ name, push }) => [name, push]));
    const made = await released(machine);
    const base = made.images.find(({ name }) => name === "base");
    expect(pushes.get("base")).toBe(`${NAMESPACE}/base:in-${base?.identity.slice("sha256:".length)}`);
    expect(
      await machine.registry.resolve({
        host: HOST,
        repository: `${NAMESPACE}/base`,
        tag: `${pushes.get("base")}`.split(":")[1] ?? "",
      }),
    ).toMatchObject({ digest: base?.digest });
    expect([pushes.get("web"), pushes.get("api")]).toEqual([undefined, undefined]);
    expect((await plan()).images.map(({ push }) => push)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
