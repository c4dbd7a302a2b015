import { describe, expect, it } from "vitest";
import { ignoreFileNames, parseIgnore } from "../../src/core/dockerfile/ignore.ts";

const ignores = (text: string, path: string) => parseIgnore(text).ignores(path);

describe("patterns", () => {
  it.each([
    ["a", "a", true],
    ["a", "a/b/c", true],
    ["a", "b/a", false],
    ["/a", "a", true],
    ["a/", "a/b", true],
    ["./a/../b", "b", true],
    ["*.md", "x.md", true],
    ["*.md", "d/x.md", false],
    ["*/*.md", "d/x.md", true],
    ["**/*.md", "x.md", true],
    ["**/*.md", "a/b/x.md", true],
    ["**/cache", "a/cache/x", true],
    ["**cache", "mycache", true],
    ["a/**", "a/b", true],
    ["a/**", "a", false],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["?", "é", true],
    ["?", "ab", false],
    ["[a-c]x", "bx", true],
    ["[^a]", "b", true],
    ["\\*", "*", true],
    ["\\*", "x", false],
    ["a+b", "a+b", true],
    ["a.b", "axb", false],
    ["*", ".env", true],
    [".", "a", false],
    ["  a  ", "a", true],
    ["# a", "# a", false],
    [" # a", "# a", true],
    ["\ufeffa", "a", true],
    ["a\r\nb\r", "a", true],
    // Quirks of moby's patternmatcher, as a build shows them.
    ["[*]b", "^/[b", false],
    ["x*|b", "xb", true],
    ["a?{2}", "abc", true],
  ])("%j with %j: %s", (text, path, expected) => {
    expect(ignores(text, path)).toBe(expected);
  });
});

describe("exceptions", () => {
  it("lets the last matching line decide", () => {
    expect(ignores("*\n!a", "a")).toBe(false);
    expect(ignores("!a\n*", "a")).toBe(true);
    expect(ignores("*.md\n!README.md\nREADME.md", "README.md")).toBe(true);
  });

  it("brings a file back from a folder that is out", () => {
    const rules = parseIgnore("docs\n!docs/keep/**\n");
    expect(["docs", "docs/x", "docs/keep", "docs/keep/x"].map(rules.ignores)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it("prunes a folder only where no exception can lie in it", () => {
    const plain = parseIgnore("docs\nsrc\n!docs/keep");
    expect(["docs", "docs/other", "docs/keep", "src", "src/x", "lib"].map(plain.prunes)).toEqual([
      false,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(parseIgnore("src\n!**/x").prunes("src")).toBe(false);
  });
});

describe("the files", () => {
  it("refuses what a build refuses, with the line", () => {
    for (const text of ["a\n!", "a\n[", "a\n[z-a]", "a\nb\\", "a\n*{2}"]) {
      expect(() => parseIgnore(text, "x/.dockerignore"), text).toThrow(
        expect.objectContaining({
          code: "DOCKERIGNORE_PATTERN",
          at: { file: "x/.dockerignore", line: 2, column: 1 },
        }),
      );
    }
  });

  it("are named after the Dockerfile, or lie in the root", () => {
    expect(ignoreFileNames("docker/web/Dockerfile")).toEqual({
      own: "docker/web/Dockerfile.dockerignore",
      shared: ".dockerignore",
    });
  });
});
