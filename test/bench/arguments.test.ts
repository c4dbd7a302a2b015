import { describe, expect, it } from "vitest";
import { parseArguments } from "../../bench/arguments.ts";
import { parseEngineRecord } from "../../bench/engine-record.ts";
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

describe("the engine's record", () => {
  const record = {
    version: 1,
    kind: "private",
    dockerHost: "unix:///run/docker.sock",
    docker: ["/opt/docker"],
    buildx: ["/opt/buildx"],
    buildxConfig: "/opt/config",
    registry: "127.0.0.1:5000",
  };

  it("is read as written", () => {
    expect(parseEngineRecord(JSON.stringify(record))).toMatchObject({ buildx: ["/opt/buildx"] });
  });

  it.each(["registry", "buildx", "dockerHost"])("must have %s", (key) => {
    const without = JSON.stringify({ ...record, [key]: undefined });
    expect(() => parseEngineRecord(without)).toThrow(expect.objectContaining({ exit: 3 }));
  });
});

describe("peak memory", () => {
  it("is that of the largest process, in MiB", () => {
    expect(parsePeak("51200\n102400\n")).toBe(100);
  });

  it("is no number where no process reported", () => {
    expect(() => parsePeak("")).toThrow(expect.objectContaining({ exit: 3 }));
  });
});
