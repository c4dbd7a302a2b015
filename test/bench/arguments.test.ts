import { describe, expect, it } from "vitest";
import { parseArguments } from "../../bench/arguments.ts";
import { parsePeak } from "../../bench/peak-memory.ts";

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

describe("peak memory", () => {
  it("is that of the largest process, in MiB", () => {
    expect(parsePeak("51200\n102400\n")).toBe(100);
  });

  it("is no number where no process reported", () => {
    expect(() => parsePeak("")).toThrow(expect.objectContaining({ exit: 3 }));
  });
});
