import { describe, expect, it } from "vitest";
import type { Measurement } from "../../bench/benchmark.ts";
import type { Machine } from "../../bench/machine.ts";
import { reportText } from "../../bench/report.ts";
import { resultOf } from "../../bench/result.ts";

const machine: Machine = {
  cpu: "cpu",
  cores: 2,
  memoryGiB: 24,
  system: "Debian",
  kernel: "6",
  arch: "x64",
  node: "v20",
  engine: "28 (private)",
  buildx: "0.29",
  commit: "0123456",
  load: [0, 0, 0],
};

const noop: Measurement = {
  name: "release",
  unit: "s",
  ours: [0.2, 0.3, 0.1],
  peer: [10, 20, 30],
  ratio: "peer / ours",
  limits: [
    { kind: "ratio-at-least", value: 50 },
    { kind: "ours-below", value: 0.3 },
  ],
};

function judge(changes: Partial<Measurement>, ...more: readonly Measurement[]) {
  return resultOf({ name: "noop" }, [{ ...noop, ...changes }, ...more], { runs: 3, machine });
}

describe("a result", () => {
  it("has the fields that --json promises", () => {
    const result = judge({});
    expect(result).toMatchObject({
      name: "noop",
      ours: { min: 0.1, median: 0.2, max: 0.3 },
      peer: { min: 10, median: 20, max: 30 },
      ratio: 100,
      ratioIs: "peer / ours",
      met: true,
      runs: 3,
      machine,
    });
    expect(result.target.map(({ text }) => text)).toEqual(["ratio at least 50", "ours below 0.3 s"]);
  });

  it("is not met where one limit of several does not hold", () => {
    expect(judge({ ours: [0.3], peer: [100] }).met).toBe(false);
    expect(judge({ ours: [0.2], peer: [9] }).met).toBe(false);
  });

  it("is not met where one part of several is not", () => {
    const slow: Measurement = { ...noop, name: "second", ours: [1] };
    const result = judge({}, slow);
    expect(result.met).toBe(false);
    expect(result.parts.map(({ met }) => met)).toEqual([true, false]);
  });

  it("judges by the median, not by the luckiest run", () => {
    expect(judge({ ours: [0.01, 0.4, 0.5] }).met).toBe(false);
  });

  it("divides ours by the peer's where less is better", () => {
    const limits = [{ kind: "ratio-at-most", value: 1.25 }] as const;
    expect(judge({ ours: [5], peer: [4], ratio: "ours / peer", limits })).toMatchObject({
      ratio: 1.25,
      met: true,
    });
    expect(judge({ ours: [5.1], peer: [4], ratio: "ours / peer", limits }).met).toBe(false);
  });

  it("allows so many seconds more than the peer", () => {
    const limits = [{ kind: "ours-at-most-peer-plus", value: 0.5 }] as const;
    expect(judge({ ours: [1.5], peer: [1], limits }).met).toBe(true);
    expect(judge({ ours: [1.6], peer: [1], limits }).met).toBe(false);
  });

  it("does not call good what it cannot compare", () => {
    expect(judge({ peer: [] })).toMatchObject({ peer: null, ratio: null, met: false });
    expect(judge({ ratio: { of: "growth", value: null } }).met).toBe(false);
    const limits = [{ kind: "ours-at-most-peer-plus", value: 0.5 }] as const;
    expect(judge({ peer: [], limits }).met).toBe(false);
  });

  it("refuses a benchmark that measured nothing", () => {
    expect(() => resultOf({ name: "noop" }, [], { runs: 1, machine })).toThrow(RangeError);
    expect(() => judge({ ours: [] })).toThrow(RangeError);
  });

  it("says in the report what was not met", () => {
    expect(reportText(judge({}))).not.toContain("NOT met");
    expect(reportText(judge({ ours: [1] }))).toContain("release: ours below 0.3 s: NOT met");
  });
});
