import { describe, expect, it } from "vitest";
import { readDeb822 } from "../../../src/core/audit/dpkg/read-deb822.ts";
import { AuditError } from "../../../src/core/audit/error.ts";

function read(text: string, comments = false) {
  return [...readDeb822(text, { file: "f", comments })].map(({ line, fields }) => ({
    line,
    fields: Object.fromEntries([...fields].map(([name, { value }]) => [name, value])),
  }));
}

function errorOf(text: string): unknown {
  try {
    read(text);
    return undefined;
  } catch (error) {
    if (error instanceof AuditError) return [error.code, error.at?.file, error.at?.line];
    throw error;
  }
}

describe("deb822", () => {
  it("is stanzas of fields, names in any case, values trimmed, continued after a space or tab", () => {
    expect(read("\n\nPackage: a\nDEPENDS :  b,\n c\n\td \nEmpty:\n\n\nPackage: z\n")).toEqual([
      { line: 3, fields: { package: "a", depends: "b,\nc\nd", empty: "" } },
      { line: 10, fields: { package: "z" } },
    ]);
  });

  it("may lack its last line feed, and may be empty", () => {
    expect(read("A: 1")).toEqual([{ line: 1, fields: { a: "1" } }]);
    expect(read("")).toEqual([]);
  });

  it("keeps a dot line of a description, and a # within a database", () => {
    expect(read("D: x\n .\n #y\n")[0]?.fields).toEqual({ d: "x\n.\n#y" });
    expect(errorOf("A: 1\n# no comment here\n")).toEqual(["DPKG_INVALID", "f", 2]);
    expect(read("# c\nA: 1\n# c\nB: 2\n", true)).toEqual([{ line: 2, fields: { a: "1", b: "2" } }]);
  });

  it.each([
    ["a field without a colon", "A: 1\nB\n", 2],
    ["a field without a name", ": 1\n", 1],
    ["a field that begins with a hyphen", "-A: 1\n", 1],
    ["a name with a space", "A B: 1\n", 1],
    ["a field twice", "A: 1\nB: 1\na: 2\n", 3],
    ["a stanza that begins with a space", "A: 1\n\n B: 2\n", 3],
    ["a line of spaces", "A: 1\n \t\nB: 2\n", 2],
    ["a zero byte in a name", "A\0: 1\n", 1],
    ["too many fields", Array.from({ length: 1001 }, (_, index) => `F${index}: 1\n`).join(""), 1001],
  ])("refuses %s by its line", (_, text, line) => {
    expect(errorOf(text)).toEqual(["DPKG_INVALID", "f", line]);
  });
});
