import { describe, expect, it } from "vitest";
import { parseRequirement } from "../../src/core/policy/locks/requirement.ts";
import { optionValues, parseRequirementsFile } from "../../src/core/policy/locks/requirements-file.ts";
import { readVia } from "../../src/core/policy/locks/via.ts";

const HEX = "a".repeat(64);

describe("a requirements file", () => {
  it("joins continuations, and each hash knows its own place", () => {
    const text = `\ufeff# head\r\nNum.Py==1.0 \\\r\n    --hash=sha256:${HEX} \\\r\n  --hash sha512:bb\r\n    # via x\r\n`;
    const { head, requirements } = parseRequirementsFile(text, "a/b.lock");
    expect(head.map(({ text }) => text)).toEqual(["# head"]);
    expect(requirements).toHaveLength(1);
    expect(requirements[0]).toMatchObject({
      name: "num-py",
      at: { file: "a/b.lock", line: 2, column: 1 },
      hashes: [
        { algorithm: "sha256", hex: HEX, at: { line: 3, column: 5 } },
        { algorithm: "sha512", hex: "bb", at: { line: 4, column: 3 } },
      ],
      comments: [{ text: "# via x", at: { line: 5, column: 5 } }],
    });
  });

  it("ends a continuation at a comment, as pip does", () => {
    const { requirements, problems } = parseRequirementsFile("a==1 \\\n# note\nb==2 # c\n", "f");
    expect(requirements.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(problems).toEqual([]);
  });

  it("keeps a # inside a word", () => {
    const { requirements } = parseRequirementsFile(
      "a @ https://x.test/a.zip#sha256=1 ; python_version > '3'\n",
      "f",
    );
    expect(requirements[0]).toMatchObject({
      url: "https://x.test/a.zip#sha256=1",
      marker: "python_version > '3'",
    });
  });

  it("reads options in all their spellings", () => {
    const file = parseRequirementsFile(
      "-r a.txt\n-rb.txt\n--requirement=c.txt\n--requirement d.txt\n-e .\n--pre\n",
      "f",
    );
    expect(optionValues(file, "--requirement").map(({ value }) => value)).toEqual([
      "a.txt",
      "b.txt",
      "c.txt",
      "d.txt",
    ]);
    expect(file.options.slice(-2)).toMatchObject([
      { name: "--editable", value: "." },
      { name: "--pre", value: undefined },
    ]);
  });

  it("says where it does not understand a line, and reads on", () => {
    const { problems, requirements } = parseRequirementsFile("./wheel.whl\na==1\n<<<<<<< HEAD\n", "f");
    expect(problems.map(({ at }) => at.line)).toEqual([1, 3]);
    expect(requirements).toHaveLength(1);
  });

  it("takes time in proportion to hostile text", () => {
    const started = performance.now();
    parseRequirementsFile(`${" ".repeat(400_000)}x\n`, "f");
    parseRequirementsFile(`a${" #".repeat(200_000)}\n`, "f");
    parseRequirementsFile(`a${"-".repeat(400_000)}\n`, "f");
    parseRequirementsFile("a \\\n".repeat(200_000), "f");
    parseRequirementsFile(`a[${"x,".repeat(200_000)}\n`, "f");
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe("a requirement", () => {
  it.each([
    ["a", { name: "a", extras: [], url: undefined, marker: undefined }],
    [
      "A_b.C[x, y] >=1, <2 ; os_name == 'posix'",
      { name: "a-b-c", extras: ["x", "y"], marker: "os_name == 'posix'" },
    ],
    ["a (>=1)", { name: "a", specifiers: [{ operator: ">=", text: "1" }] }],
    ["a@git+https://x.test/a@v1", { name: "a", url: "git+https://x.test/a@v1" }],
  ])("%s", (text, expected) => {
    expect(parseRequirement(text)).toMatchObject(expected);
  });

  it.each(["", "-", "a b", "a=1", "a==", "a @", "a==1 2", "==1"])("is not %o", (text) => {
    expect(parseRequirement(text)).toBeUndefined();
  });
});

describe("who asks for a pin", () => {
  const via = (text: string) => {
    const [requirement] = parseRequirementsFile(text, "f").requirements;
    return requirement && readVia(requirement);
  };

  it("stands on one line, on several, or nowhere", () => {
    expect(via("a==1\n    # via Flask_X, b\n")).toEqual({
      distributions: ["flask-x", "b"],
      inputs: [],
      constraints: [],
    });
    expect(
      via(
        "a==1 \\\n  --hash=sha256:0\n    # via\n    #   -c ../p.lock\n    #   -r app.in\n    #   b[extra]\n    # note\n",
      ),
    ).toEqual({
      distributions: ["b"],
      inputs: ["app.in"],
      constraints: ["../p.lock"],
    });
    expect(via("a==1 # via shop (pyproject.toml)\n")).toMatchObject({
      inputs: ["pyproject.toml"],
      distributions: [],
    });
    expect(via("a==1 # a note\n")).toBeUndefined();
  });
});
