import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { condensed } from "../../src/core/audit/python/imports/condense.ts";
import { decodeSource } from "../../src/core/audit/python/imports/decode-source.ts";
import { outlineOf } from "../../src/core/audit/python/outline/outline.ts";
import { openPythonGrammar } from "../../src/edge/grammar/tree-sitter-python.ts";
import { grammarErrors, readWhole } from "../kit/read-whole.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, pick, type Random } from "../kit/seeded-random.ts";

const grammar = await openPythonGrammar();
const LIBRARY = "import sysconfig; print(sysconfig.get_paths()['stdlib'])";
const stdlib = spawnSync("python3", ["-c", LIBRARY], { encoding: "utf8" }).stdout.trim();

/** Sources of CPython's library, its tests included: those have what nobody writes. */
function library(folder: string): readonly string[] {
  return readdirSync(join(stdlib, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py") && !name.includes("site-packages/"))
    .sort()
    .map((name) => join(stdlib, folder, name));
}

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

  it("has what comes after something that it does not know: the grammar may find there what is wrong", () => {
    expect(kept("'a'b\n'c'\nd\n")).toEqual(["'a'b", "'c'", "pass"]);
    expect(kept("def f():\nreturn 1\nx\n")).toEqual(["def f():", "return 1", "pass"]);
    expect(kept("if a:\n    'b'c\nd\ne\n")).toEqual(["if a:", "    'b'c", "d", "pass"]);
    // What imports is known.
    const imports = [
      "import a.b as c, d",
      "from . import e",
      "from ..f import (g as h, i,)",
      "from j import *; k = 1",
    ];
    expect(kept(`${imports.map((line) => `${line}\nx()\n`).join("")}if l: import m\nn\n`)).toEqual([
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
    "é = 1\n",
    "match x:\n    case 1: pass\n",
  ])("does not take for known what it does not know: %j", (source) => {
    const lines = source.trimEnd().split("\n");
    const left = outlineOf(source).split("\n");
    // A part of it may be known; not all of it is.
    expect(lines.some((line, at) => line === left[at])).toBe(true);
  });
});

describe("what is read by outlines", () => {
  /** Three of CPython's tests compile code that the grammar takes for broken, and CPython and the outline do not. */
  const DIFFERENT = /\/test_compile\.py$/;

  it("is what the whole sources say, for CPython's library and its tests", () => {
    const interpreter = { major: 3, minor: 11 };
    const different: string[] = [];
    let [files, before, after] = [0, 0, 0];
    for (const [at, path] of library(".").entries()) {
      // Of its tests, which have what nobody writes, every fifth.
      if (DIFFERENT.test(path) || (/\/tests?\//.test(path) && at % 5 > 0)) continue;
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

  it("is that of the whole for sources that somebody damaged", () => {
    const random = createRandom(FUZZ_SEED);
    const sources = library("json")
      .concat(library("email"))
      .map((path) => readFileSync(path, "utf8"));
    const runs = fuzzRuns(400);
    let known = 0;
    const different: string[] = [];
    const wrong: string[] = [];
    for (let run = 0; run < runs; run++) {
      const source = damaged(random, excerpt(random, pick(random, sources as [string, ...string[]])));
      const bytes = new TextEncoder().encode(`import json\n${source}`);
      const [ours, whole] = [grammar.read(bytes), readWhole(bytes)];
      if (whole.errors.length === 0) known++;
      // The grammar finds errors in some valid sources, such as lines in brackets that begin at the margin.
      const isRight = ours.errors.length === 0 && whole.errors.length > 0;
      if (isRight && JSON.stringify(ours) !== JSON.stringify(whole)) different.push(source);
      else if (!isDeepStrictEqual(ours, whole)) wrong.push(source);
    }
    expect(wrong).toEqual([]);
    expect(refusedByCPython(different)).toEqual([]);
    expect(different.length).toBeLessThan(Math.max(2, runs / 1000));
    expect(known).toBeGreaterThan(runs / 20);
    expect(known).toBeLessThan(runs);
  }, 3_600_000);
});

describe("statements that an outline leaves out", () => {
  it("are such to the grammar and to CPython, however they were changed", () => {
    const random = createRandom(FUZZ_SEED);
    const lines = library("json")
      .concat(library("asyncio"), library("test/test_json"))
      .flatMap((path) => readFileSync(path, "utf8").split("\n"))
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
    const tried = Array.from({ length: fuzzRuns(20_000) }, () =>
      damaged(random, pick(random, lines as [string, ...string[]])),
    );
    const left = tried.filter((line) => outlineOf(`${line}\n`) === "pass\n");
    expect(left.length).toBeGreaterThan(tried.length / 10);
    expect(left.length).toBeLessThan(tried.length / 1.5);
    expect(left.filter((line) => grammarErrors(`${line}\n`).length > 0)).toEqual([]);
    expect(refusedByCPython(left.map((line) => `${line}\n`))).toEqual([]);
  }, 3_600_000);
});

/** Some lines in a row, without the indentation of the first. */
function excerpt(random: Random, source: string): string {
  const lines = source.split("\n");
  const start = random(lines.length);
  const some = lines.slice(start, start + 1 + random(30));
  const indent = /^ */.exec(some[0] ?? "")?.[0].length ?? 0;
  return `${some.map((line) => line.slice(Math.min(indent, /^ */.exec(line)?.[0].length ?? 0))).join("\n")}\n`;
}

const SIGNS = "()[]{}:,.=+-*/%@&|^<>!~;'\"\\ \n#0123abf";
const WORDS =
  "if,else,for,in,not,is,and,or,lambda,await,async,yield,from,import,as,del,def,class,try:,except,with,return,raise,:=,**,->,==,!=,f'{,}',...,None,print,match,é";
const PIECES = [...SIGNS.split(""), ...WORDS.split(",")];

/** With some pieces taken out, put in or doubled. */
function damaged(random: Random, text: string): string {
  let changed = text;
  for (let changes = random(4); changes > 0; changes--) {
    const at = random(changed.length + 1);
    const length = random(4);
    const piece =
      random(3) === 0 ? changed.slice(at, at + 1 + random(8)) : pick(random, PIECES as [string, ...string[]]);
    changed = changed.slice(0, at) + (random(4) === 0 ? "" : piece) + changed.slice(at + length);
  }
  // Half a sign is no text.
  return new TextDecoder().decode(new TextEncoder().encode(changed));
}

/** What it says after the grammar, of order and places, is left to it. */
const CPYTHON = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
LATER = ("positional argument follows", "follows default argument", "non-default argument", "parameter without a default",
    "keyword argument repeated", "cannot mix bytes and nonbytes", "bytes can only contain ASCII", "(unicode error)", "(value error)",
    "cannot assign to", "cannot delete", "must be parenthesized", "only single target", "illegal target", "named arguments must follow",
    "iterable argument unpacking follows", "Did you mean print", "cannot have", "expression cannot contain", "assignment expression", "starred", "Starred")
refused = []
for line in json.load(sys.stdin):
    try: ast.parse(line)
    except SyntaxError as error:
        if not any(text in str(error) for text in LATER): refused.append([line, str(error)])
    except (ValueError, MemoryError, RecursionError) as error: refused.append([line, repr(error)])
print(json.dumps(refused))
`;

function refusedByCPython(lines: readonly string[]): unknown {
  const done = spawnSync("python3", ["-c", CPYTHON], {
    input: JSON.stringify(lines),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}
