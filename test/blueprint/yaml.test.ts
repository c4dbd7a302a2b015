import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { errorOf, HEAD, refused } from "./refused.ts";

describe("text that is no YAML of ours", () => {
  test.each([
    ["a flow map without its end", `${HEAD}images: { a: 1\n`, "5:1 BLUEPRINT_YAML"],
    ["a value after a value", `${HEAD}tag: "a" b\n`, "4:10 BLUEPRINT_YAML"],
    ["a tab in the indentation", `${HEAD}images:\n\ta: 1\n`, "5:1 BLUEPRINT_YAML"],
    ["a second document", `${HEAD}---\n${HEAD}`, "4:1 BLUEPRINT_YAML"],
    ["bytes that were no UTF-8", `${HEAD}tag: "caf\uFFFD"\n`, "4:10 BLUEPRINT_YAML"],
    ["a NUL", `${HEAD}tag: a\0b\n`, "4:7 BLUEPRINT_YAML"],
    ["a merge conflict", `${HEAD}<<<<<<< HEAD\ntag: a\n=======\ntag: b\n>>>>>>> x\n`, "4:1 BLUEPRINT_YAML"],
    ["a tag of another schema", `${HEAD}tag: !!binary aGk=\n`, "4:6 BLUEPRINT_YAML"],
    ["YAML 1.1", `%YAML 1.1\n---\n${HEAD}`, "1:1 BLUEPRINT_YAML"],
    ["an alias of nothing", `${HEAD}tag: *gone\n`, "4:6 BLUEPRINT_YAML"],
    ["a list as a key", `${HEAD}images:\n  ? [a, b]\n  : x\n`, "5:5 BLUEPRINT_YAML"],
    ["a map at the top that is a list", "- version: 1\n", "1:1 BLUEPRINT_VALUE"],
    ["a key that JavaScript treats specially", `${HEAD}images:\n  __proto__: {}\n`, "5:3 BLUEPRINT_VALUE"],
  ])("%s", (_, text, expected) => {
    expect(refused(text)[0]).toBe(expected);
  });

  test("a key twice names both places", () => {
    const error = errorOf(`${HEAD}tag: "{sha}"\nfleet: g\n`);
    expect(error.problems).toMatchObject([{ code: "BLUEPRINT_DUPLICATE", at: { line: 5, column: 1 } }]);
    expect(error.message).toContain("line 2, column 1");
  });

  test("an empty file lacks its keys", () => {
    for (const text of ["", "\n\n", "# nothing\n", "---\n"]) {
      expect(refused(text)).toEqual(Array.from({ length: 3 }, () => "1:1 BLUEPRINT_MISSING"));
    }
  });

  test("a merge key of YAML 1.1 is an unknown key", () => {
    expect(refused(`${HEAD}images:\n  a: &a { dockerfile: a }\n  b: { <<: *a }\n`)).toEqual([
      "6:3 BLUEPRINT_MISSING",
      "6:8 BLUEPRINT_UNKNOWN_KEY",
    ]);
  });

  test("a byte order mark, CRLF and comments are no problem", () => {
    const text = `\uFEFF# ours\r\n${HEAD.replaceAll("\n", "\r\n")}`;
    expect(parseBlueprint(text, "lapstrake.yaml").fleet).toBe("f");
  });

  test("aliases stand for what they name", () => {
    const text = `${HEAD}images:\n  a: &a { dockerfile: x }\n  b: *a\n`;
    expect(parseBlueprint(text, "lapstrake.yaml").images).toMatchObject([
      { name: "a", dockerfile: "x", at: { line: 5, column: 3 } },
      { name: "b", dockerfile: "x", at: { line: 6, column: 3 } },
    ]);
  });
});

describe("numbers where text is meant", () => {
  test.each([
    ["sm", `${HEAD}machines:\n  m: { sm: 8.9 }\n`, "5:12", 'put it in quotes: "8.9"'],
    [
      "python",
      `${HEAD}roots:\n  r:\n    image: a:1\n    bootstrap: { suite: s, packages: [pp], python: 3.10 }\n`,
      "7:52",
      '"3.10"',
    ],
    ["an argument", `${HEAD}images:\n  i: { dockerfile: d, args: { A: 1e3 } }\n`, "5:34", '"1e3"'],
    ["true", `${HEAD}images:\n  i: { dockerfile: d, args: { A: true } }\n`, "5:34", '"true"'],
    [
      "a profile value that would lose its zero",
      `${HEAD}machines:\n  m: { profile: { A: 3.10 } }\n`,
      "5:22",
      '"3.10"',
    ],
  ])("%s", (_, text, place, hint) => {
    const error = errorOf(text);
    expect(refused(text)).toEqual([`${place} BLUEPRINT_VALUE`]);
    expect(error.hint).toContain(hint);
  });

  test("in quotes they are text, and a profile keeps numbers as they are", () => {
    const text = `${HEAD}machines:\n  m: { sm: "8.9", profile: { A: "3.10", B: 16, C: -0.5, D: true } }\n`;
    expect(parseBlueprint(text, "lapstrake.yaml").machines).toMatchObject([
      { sm: "8.9", profile: { A: "3.10", B: 16, C: -0.5, D: true } },
    ]);
  });
});
