import { describe, expect, it } from "vitest";
import { parseArguments } from "../../bench/arguments.ts";
import { parseUsage } from "../../bench/usage.ts";

describe("the bench's arguments", () => {
  it("are a name and switches, in any order", () => {
    expect(parseArguments(["--json", "noop", "--runs", "3"])).toEqual({
      list: false,
      json: true,
      name: "noop",
      runs: 3,
      program: undefined,
    });
  });

  it.each([[["noop", "cold"]], [["--fast"]], [["noop", "--runs", "0"]], [["noop", "--runs", "x"]]])(
    "refuse %j as usage",
    (argv) => {
      expect(() => parseArguments(argv)).toThrow(expect.objectContaining({ exit: 2 }));
    },
  );
});

describe("usage", () => {
  it("is the memory of the largest process, and the time of all", () => {
    expect(parseUsage("51200 1500000\n102400 250000\n")).toEqual({ peakMiB: 100, cpuSeconds: 1.75 });
  });

  it("is no number where no process reported", () => {
    for (const report of ["", "51200\n", "x y\n"])
      expect(() => parseUsage(report)).toThrow(expect.objectContaining({ exit: 3 }));
  });
});
