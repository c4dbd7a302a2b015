import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { openWorkingTree } from "../../src/edge/tree/working-tree.ts";
import { checkFleet } from "../../src/flow/check-fleet.ts";
import { createTestMachine } from "../kit/world.ts";

const FLEET = join(import.meta.dirname, "../../fleet");

describe("the reference fleet's locks", () => {
  it("hold by every rule that asks nobody", async () => {
    const machine = await createTestMachine();
    const { verdicts = [] } = await checkFleet(
      {
        ...machine.world(),
        findBlueprint: () => join(FLEET, "lapstrake.yaml"),
        tree: (root) =>
          openWorkingTree({
            root,
            runner: createProcessRunner(),
            clock: Date.now,
            cacheFile: "/nowhere/cache",
          }),
      },
      { tags: false, locks: { online: false } },
    );
    const offline = verdicts.filter(({ rule }) => rule !== "lock-index");
    expect(offline.filter(({ outcome }) => outcome !== "holds")).toEqual([]);
    const of = (rule: string): number => verdicts.filter((verdict) => verdict.rule === rule).length;
    // Every lock file of the fleet is found from a Dockerfile, and lies in its images.
    expect([of("lock-hashes"), of("lock-interpreter"), of("lock-installs")]).toEqual([11, 12, 17]);
  });
});
