import { describe, expect, it } from "vitest";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import { matchSources } from "../../src/core/dockerfile/match.ts";
import type { ContextSource } from "../../src/core/dockerfile/resolved.ts";

const tree = {
  files: ["a.py", "b.md", "src/a.py", "src/b.md", "src/lib/c.py", "empty/", "link", "src/dead", "up"],
  links: new Map([
    ["link", "src/lib"],
    ["src/dead", "nowhere"],
    ["up", "../../src/./lib/c.py"],
  ]),
};

function match(patterns: readonly string[], more: Partial<ContextSource> = {}) {
  const at = { file: "Dockerfile", line: 1, column: 1 };
  return matchSources({ kind: "copy", patterns, exclude: [], parents: false, at, ...more }, tree);
}

describe("sources", () => {
  it.each([
    [["a.py"], ["a.py"]],
    [["/a.py"], ["a.py"]],
    [["../a.py"], ["a.py"]],
    [["src"], ["src/a.py", "src/b.md", "src/dead", "src/lib/c.py"]],
    [
      ["src/lib/", "b.md"],
      ["b.md", "src/lib/c.py"],
    ],
    [["*.py"], ["a.py"]],
    [["*/*.py"], ["src/a.py"]],
    [["[ab].*"], ["a.py", "b.md"]],
    [["src/l?b"], ["src/lib/c.py"]],
    [["."], ["a.py", "b.md", "empty/", "link", "src/a.py", "src/b.md", "src/dead", "src/lib/c.py", "up"]],
    [["empty"], ["empty/"]],
    [["link"], ["link", "src/lib/c.py"]],
    [["link/c.py"], ["link", "src/lib/c.py"]],
    [["link/*"], ["link", "src/lib/c.py"]],
    [["up"], ["src/lib/c.py", "up"]],
  ])("%j selects %j", (patterns, files) => {
    expect(match(patterns)).toEqual({ files, missing: [], empty: [] });
  });

  it("tells what is missing from what is empty", () => {
    expect(match(["nope", "a.py/x", "src/dead", "no/*.py", "src/d*"]).missing).toEqual([
      "nope",
      "a.py/x",
      "src/dead",
      "no/*.py",
      "src/d*",
    ]);
    expect(match(["*.nope", "src/*.nope"])).toEqual({
      files: [],
      missing: [],
      empty: ["*.nope", "src/*.nope"],
    });
  });

  it("excludes relative to the source, and never the source itself", () => {
    expect(match(["src"], { exclude: ["*.py"] }).files).toEqual(["src/b.md", "src/dead", "src/lib/c.py"]);
    expect(match(["src"], { exclude: ["**/*.py", "!lib"] }).files).toContain("src/dead");
    expect(match(["*.py"], { exclude: ["*.py"] }).files).toEqual(["a.py"]);
  });

  it("takes a bind mount's source as a plain path", () => {
    expect(match(["*.py"], { kind: "bind" }).missing).toEqual(["*.py"]);
    expect(match(["src/lib"], { kind: "bind" }).files).toEqual(["src/lib/c.py"]);
  });

  it("takes paths with --parents from the root or from the pivot", () => {
    expect(match(["src/*.py"], { parents: true }).files).toEqual(["src/a.py"]);
    expect(match(["src/./lib"], { parents: true }).files).toEqual(["src/lib/c.py"]);
  });

  it("refuses a malformed pattern", () => {
    expect(() => match(["[a"])).toThrow(DockerfileError);
  });
});
