import { describe, expect, it } from "vitest";
import { budgetVerdict, type SizeBudget } from "../../src/core/policy/image/rules/budget.ts";
import { type Changes, factsOf } from "./image-facts.ts";
import { FILES } from "./sound-image.ts";

const AT = { file: "lapstrake.yaml", line: 9, column: 3 };
const LAYERS = [FILES, [{ path: "app/model.bin", content: "x".repeat(10_000) }]];

/** Layers of these compressed sizes. */
const judged = (compressed: readonly number[], budget: Omit<SizeBudget, "tier">, changes: Changes = {}) => {
  const facts = factsOf({ layers: LAYERS, ...changes });
  const layers = facts.manifest.layers.map((layer, index) => ({ ...layer, size: compressed[index] ?? 0 }));
  return budgetVerdict(
    { ...facts, manifest: { ...facts.manifest, layers } },
    { tier: "cpu", at: AT, ...budget },
  );
};
const unpacked = (): number => {
  const { content } = factsOf({ layers: LAYERS });
  return content.state === "read" ? content.layers.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
};

describe("the budget of an image", () => {
  it("is held to the byte, by both measures", () => {
    const bytes = unpacked();
    const exact = judged([60, 40], { compressed: 100, unpacked: bytes });
    expect(exact).toMatchObject({ rule: "image-budget", outcome: "holds" });
    expect(exact.reasons[0]?.message).toBe(
      `100 of 100 bytes compressed (100 %), ${bytes} of ${bytes} bytes unpacked (100 %)`,
    );
    expect(judged([60, 41], { compressed: 100, unpacked: bytes }).outcome).toBe("fails");
    expect(judged([60, 40], { compressed: 100, unpacked: bytes - 1 }).outcome).toBe("fails");
  });

  it("says by how much it is broken, where it is declared, and which layer is the largest", () => {
    const facts = factsOf({ layers: LAYERS });
    const { outcome, reasons } = judged([30, 120], { compressed: 100, unpacked: 1_000_000 });
    expect({ outcome, reasons }).toEqual({
      outcome: "fails",
      reasons: [
        {
          id: "over-budget",
          message:
            "it has 150 bytes compressed: 50 (50 %) more than the 100 of tier cpu; its largest layer has 120",
          at: AT,
          digest: facts.manifest.layers[1]?.digest,
        },
      ],
    });
  });

  it("is broken by each measure for itself", () => {
    const { reasons } = judged([30, 120], { compressed: 100, unpacked: 1000 });
    expect(reasons.map(({ id, message }) => `${id}: ${message.split(":")[0]}`)).toEqual([
      "over-budget: it has 150 bytes compressed",
      `over-budget: it has ${unpacked()} bytes unpacked`,
    ]);
  });

  it("is not known where there is none, or where the layers could not be read", () => {
    expect(judged([1, 1], {})).toMatchObject({
      outcome: "unknown",
      reasons: [{ message: "the blueprint has no budget for tier cpu", at: AT }],
    });
    const content = { state: "unread", outcome: "unknown", why: "cut" } as const;
    expect(judged([1, 1], { compressed: 100, unpacked: 100 }, { content })).toMatchObject({
      outcome: "unknown",
      reasons: [{ message: "its size unpacked is not known: cut" }],
    });
    // What is over is over, whatever else is not known.
    expect(judged([1, 100], { compressed: 100, unpacked: 100 }, { content }).outcome).toBe("fails");
    expect(judged([1, 1], { compressed: 100 }, { content }).outcome).toBe("holds");
  });
});
