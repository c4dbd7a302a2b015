import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { condensed } from "../../src/core/audit/python/imports/condense.ts";
import { decodeSource } from "../../src/core/audit/python/imports/decode-source.ts";
import { outlineOf } from "../../src/core/audit/python/outline/outline.ts";
import { openPythonGrammar } from "../../src/edge/grammar/tree-sitter-python.ts";
import { refusedByCPython } from "../kit/cpython-syntax.ts";
import { withPieces } from "../kit/damaged-python.ts";
import { pythonLibrary } from "../kit/python-library.ts";
import { grammarErrors, readWhole } from "../kit/read-whole.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, pick } from "../kit/seeded-random.ts";

const grammar = await openPythonGrammar();

/** What stays of a source, a line each, empty ones left out. */
const kept = (source: string): readonly string[] =>
  outlineOf(source)
    .split("\n")
    .filter((line) => line.trim() !== "");

describe("an outline", () => {
  it("has the imports, what they stand in, and nothing else; lines keep their numbers", () => {
    const source = [
      "import a",
      "x = [f(y)",
      "  for y in z]",
      "def one(b, *c, d: int = 3, **e) -> f:",
      "    return b[1:2, ::3] if c else lambda g, h=1: not g",
      "class A(B, metaclass=C):",
      "    @property",
      "    def two(self):",
      "        with self.x as y, z: pass",
      "        import c",
      "        return {**y, 'k': await_}",
      "    async def three(self):",
      "        async for x in y: yield x",
      "del x, one",
      "",
    ].join("\n");
    const outline = outlineOf(source);
    expect(outline.split("\n").length).toBe(source.split("\n").length);
    expect(kept(source)).toEqual([
      "import a",
      "pass",
      "class A(B, metaclass=C):",
      "    @property",
      "    def two(self):",
      "        pass",
      "        import c",
      "        pass",
      "    pass",
      "pass",
    ]);
    expect(outline.split("\n").indexOf("        import c")).toBe(
      source.split("\n").indexOf("        import c"),
    );
  });

  it("has the tests that imports stand under, and what those come to", () => {
    const source = [
      "import sys",
      "OLD = sys.version_info < (3,)",
      "PY3 = not OLD",
      "other = 1; more = 2",
      "if PY3:",
      "    import a",
      "    b = 1",
      "elif other:",
      "    c()",
      "else:",
      "    d()",
      "e = 2",
    ].join("\n");
    expect(kept(source)).toEqual([
      "import sys",
      "OLD = sys.version_info < (3,)",
      "PY3 = not OLD",
      "other = 1; more = 2",
      "if PY3:",
      "    import a",
      "    pass",
      "elif other:",
      "    pass",
      "else:",
      "    pass",
      "pass",
    ]);
  });

  it.each([
    "a()\n'b'c\n",
    "def f():\nreturn 1\nx()\n",
    "if a:\n    b()\n    'b'c\n",
    "a()\nif b:\n",
    "if a:\n    b = [c for\nd in e]\n",
    "a()\n*'b', c\n",
    "a()\n*b: c\n",
    "a()\nif b:\nc()\n",
    "a()\nclass B:\n",
    "a()\ntry:\n    b()\nc()\n",
    "a()\n@b\nc()\n",
    "a()\n@b\n",
    "a()\n@b\nasync for c in d: pass\n",
    "a()\nelse:\n    b()\n",
    "if a:\n    b()\n  c()\n",
    "a()\nmatch b:\n    case 1: pass\n",
  ])("is the source itself where anything is not known: %j", (source) => {
    expect(outlineOf(source)).toBe(source);
  });

  it("knows what imports, and what was Python 2's as a call", () => {
    const imports = [
      "import a.b as c, d",
      "from . import e",
      "from ..f import (g as h, i,)",
      "from j import *; k = 1",
    ];
    const others = "exec (x)\nprint(y)\ndel (z)\n*a, b = *c(), d\n[e] = f\ng <<= 1\n";
    expect(kept(`${imports.map((line) => `${line}\n${others}`).join("")}if l: import m\nn\n`)).toEqual([
      ...imports.flatMap((line) => [line, "pass"]),
      "if l: import m",
      "pass",
    ]);
  });

  it("has how a handler ends", () => {
    const source =
      "try:\n    import a\nexcept ImportError as e:\n    x = 1\n    log(e)\n    raise\nfinally:\n    y()\n";
    expect(kept(source)).toEqual([
      "try:",
      "    import a",
      "except ImportError as e:",
      "    pass",
      "    raise",
      "finally:",
      "    pass",
    ]);
  });

  it.each([
    "x = a not\n",
    "x = a not b\n",
    "f(a b)\n",
    "f(x for x in y, 1)\n",
    "x = = 1\n",
    "f() = 1\n",
    "(a) += 1 2\n",
    "a, b: int = 1\n",
    "[*a for a in b]\n",
    "{1: 2, 3}\n",
    "{a := 1: 2}\n",
    "x[]\n",
    "x = 012\n",
    "x = 'a\n",
    "x = f'{a b}'\n",
    "x = f'{a'\n",
    "x = f'}'\n",
    "x = f'{a!x}'\n",
    "x = f'{\"a\\n\"}'\n",
    "lambda x=: 1\n",
    "def f(a b): pass\n",
    "def f(a, **, b): pass\n",
    "from import a\n",
    "from a import (b c)\n",
    "import a.\n",
    "import a,\n",
    "if x\n    y\n",
    "if x:\ny\n",
    "else:\n    y\n",
    "try:\n    x\n",
    "try:\n    x\nelse:\n    y\n",
    "for x y in z: pass\n",
    "while x: y = 1 z\n",
    "print 'x'\n",
    "exec 'x'\n",
    "class A(: pass\n",
    "@a b\ndef c(): pass\n",
    "@a\nx = 1\n",
    "x = 1\n    y = 2\n",
    "if x:\n        a\n    b\n",
    "return not\n",
    "raise a from\n",
    "yield = 1\n",
    "x.if = 1\n",
    "1x = 2\n",
    "x = 1if y else 2\n",
    "x = (\n",
    "x = )\n",
    "global a.b\n",
    "{a, b} = c\n",
    "é = 1\n",
    "match x:\n    case 1: pass\n",
  ])("does not take for known what it does not know: %j", (source) => {
    expect(outlineOf(source)).toBe(source);
  });
});

describe("what is read by outlines", () => {
  it("is what the whole sources say, for CPython's library and its tests", () => {
    const interpreter = { major: 3, minor: 11 };
    const different: string[] = [];
    let [files, before, after] = [0, 0, 0];
    for (const [at, path] of pythonLibrary(".").entries()) {
      // Of its tests, which have what nobody writes, every fifth.
      if (/\/tests?\//.test(path) && at % 5 > 0) continue;
      const bytes = readFileSync(path);
      if (bytes.length > 400_000) continue;
      files++;
      const { text } = decodeSource(bytes);
      before += text.length;
      after += outlineOf(condensed(text)).replaceAll(/\n+/g, "\n").length;
      if (
        JSON.stringify(grammar.read(bytes, { interpreter })) !==
        JSON.stringify(readWhole(bytes, { interpreter }))
      )
        different.push(path);
    }
    expect(different).toEqual([]);
    expect(files).toBeGreaterThan(800);
    // The canary: it was left out what there was.
    expect(after).toBeLessThan(before / 10);
  }, 600_000);
});

describe("statements that an outline leaves out", () => {
  it("are such to the grammar and to CPython, however they were changed", () => {
    const random = createRandom(FUZZ_SEED);
    const lines = pythonLibrary("json")
      .concat(pythonLibrary("asyncio"), pythonLibrary("test/test_json"))
      .flatMap((path) => readFileSync(path, "utf8").split("\n"))
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    const tried = Array.from({ length: fuzzRuns(20_000) }, () =>
      withPieces(random, pick(random, lines as [string, ...string[]])),
    );
    const left = tried.filter((line) => outlineOf(`${line}\n`) === "pass\n");
    expect(left.length).toBeGreaterThan(tried.length / 10);
    expect(left.length).toBeLessThan(tried.length / 1.5);
    expect(left.filter((line) => grammarErrors(`${line}\n`).length > 0)).toEqual([]);
    expect(refusedByCPython(left.map((line) => `${line}\n`))).toEqual([]);
  }, 3_600_000);
});
