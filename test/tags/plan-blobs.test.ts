import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { type BlobOwner, planBlobs } from "../../src/flow/tags/plan-blobs.ts";

const blob = (name: string) => ({ mediaType: "x", digest: digestOf(name), size: 1 });
const owner = (name: string, blobs: readonly string[], isPresent = false): BlobOwner => ({
  name,
  source: `s/${name}`,
  target: `t/${name}`,
  blobs: blobs.map(blob),
  isPresent,
});

describe("the plan of a mirror's blobs", () => {
  it("sends a shared blob to the first image, and to the others from there", () => {
    const [shared, own] = planBlobs([owner("base", ["a"]), owner("web", ["a", "b"])]);
    expect(shared).toMatchObject({ source: "s/base", home: "t/base", isHeld: false, others: ["t/web"] });
    expect(own).toMatchObject({ source: "s/web", home: "t/web", isHeld: false, others: [] });
  });

  it("sends nothing that an image of the target has", () => {
    const plan = planBlobs([owner("web", ["a", "b"]), owner("base", ["a"], true)]);
    expect(plan.map(({ home, isHeld, others }) => [home, isHeld, others])).toEqual([
      ["t/base", true, ["t/web"]],
      ["t/web", false, []],
    ]);
    expect(planBlobs([owner("base", ["a"], true)])).toEqual([]);
  });

  it("gives each lacking image each of its blobs, and each blob one home", () => {
    const owners = fc
      .array(fc.tuple(fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { maxLength: 6 }), fc.boolean()), {
        maxLength: 8,
      })
      .map((list) =>
        list.map(([blobs, isPresent], index) => owner(String(index), blobs.map(String), isPresent)),
      );
    fc.assert(
      fc.property(owners, (owners) => {
        const plan = planBlobs(owners);
        expect(new Set(plan.map(({ blob }) => blob.digest)).size).toBe(plan.length);
        for (const { target, blobs, isPresent } of owners) {
          for (const { digest } of blobs) {
            const copy = plan.find(({ blob }) => blob.digest === digest);
            const reached = copy !== undefined && [copy.home, ...copy.others].includes(target);
            const isLeftAlone = copy === undefined || (copy.isHeld && !copy.others.includes(target));
            expect(isPresent ? isLeftAlone : reached).toBe(true);
          }
        }
      }),
    );
  });
});
