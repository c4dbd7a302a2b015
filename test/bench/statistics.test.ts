import { describe, expect, it } from "vitest";
import { costGrowth, spreadOf } from "../../bench/statistics.ts";

describe("the spread of samples", () => {
  it("is minimum, middle and maximum, in whatever order they came", () => {
    expect(spreadOf([3, 1, 10])).toEqual({ min: 1, median: 3, max: 10 });
  });

  it("takes the mean of the two in the middle where their number is even", () => {
    expect(spreadOf([4, 1, 2, 100])).toEqual({ min: 1, median: 3, max: 100 });
  });

  it("compares as numbers, not as text", () => {
    expect(spreadOf([10, 9, 100])).toEqual({ min: 9, median: 10, max: 100 });
  });

  it("refuses to make a number out of none, or out of what is none", () => {
    expect(() => spreadOf([])).toThrow(RangeError);
    expect(() => spreadOf([1, Number.NaN])).toThrow(RangeError);
  });
});

describe("the growth of the cost of one more image", () => {
  const at = (cost: (size: number) => number) =>
    [74, 500, 2000].map((size) => ({ size, seconds: cost(size) }));
  const growthOf = (cost: (size: number) => number) => {
    const [small, middle, large] = at(cost);
    return costGrowth(small!, middle!, large!);
  };

  it("is 1 where time is linear, whatever every run pays once", () => {
    expect(growthOf((size) => 0.2 + 0.001 * size)).toBeCloseTo(1, 6);
    expect(growthOf((size) => 9 + 0.001 * size)).toBeCloseTo(1, 6);
  });

  it("is far above 1 where time is quadratic (canary)", () => {
    expect(growthOf((size) => 0.2 + 0.000_001 * size * size)).toBeGreaterThan(3);
  });

  it("notices a quadratic part that is half of the time at the largest size", () => {
    expect(growthOf((size) => 0.2 + 0.001 * size + (0.001 / 2000) * size * size)).toBeGreaterThan(1.3);
  });

  it("is unknown where the smaller step took no time", () => {
    expect(growthOf((size) => (size > 500 ? 1 : 0.2))).toBeUndefined();
  });
});
