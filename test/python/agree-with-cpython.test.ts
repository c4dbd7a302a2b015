import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { PythonSource } from "../../src/core/audit/python/python-source.ts";
import { openPythonGrammar } from "../../src/edge/grammar/tree-sitter-python.ts";

const ORACLE = resolve(import.meta.dirname, "../kit/cpython-imports.py");
const PATHS = "import sysconfig, json; print(json.dumps(sysconfig.get_paths()))";
/** A folder of more Python to compare, for a run by hand. */
const MORE = process.env["LAPSTRAKE_PYTHON_CORPUS"];

type Row = readonly [number, string, string, string[], boolean, boolean, string];

const grammar = await openPythonGrammar();

describe("imports and their contexts, against CPython's own ast", () => {
  const { stdlib, purelib } = JSON.parse(python(["-c", PATHS], "")) as { stdlib: string; purelib: string };

  const library = sources(stdlib).filter((path) => !/\/(?:site-packages|test)\//.test(path));
  const packages = ["pip", "setuptools", "pkg_resources"].flatMap((name) => sources(join(purelib, name)));
  const corpora: (readonly [string, readonly string[], number])[] = [
    ["the standard library", library, 700],
    ["installed packages", packages, 200],
    ...(MORE === undefined ? [] : [["more", sources(MORE), 1] as const]),
  ];

  it.each(corpora)(
    "agrees on %s",
    (name, files, least) => {
      const { compared, imports, refused, differences } = compare(files);
      if (name === "more")
        console.log(`${compared} files, ${imports} imports, ${refused} that CPython refuses`);
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(least);
      expect(imports).toBeGreaterThan(compared);
    },
    3_600_000,
  );

  it("says where they differ (canary)", () => {
    const difference = differenceOf(
      "x.py",
      [[1, "import", "a", [], false, false, "none"]],
      [[1, "import", "a", [], true, false, "none"]],
    );
    expect(difference).toContain("x.py");
  });
});

function compare(files: readonly string[]) {
  const answers = python([ORACLE], files.join("\0")).trim().split("\n");
  expect(answers.length).toBe(files.length);
  const differences: string[] = [];
  let [compared, imports, refused] = [0, 0, 0];
  for (const [at, path] of files.entries()) {
    // as: our own script's shape.
    const theirs = JSON.parse(answers[at] ?? "{}") as { imports?: Row[]; error?: string };
    const found = grammar.read(readFileSync(path));
    const ours = rowsOf(found);
    if (theirs.imports === undefined) {
      refused++;
      continue;
    }
    compared++;
    imports += theirs.imports.length;
    const difference = differenceOf(path, ours, theirs.imports);
    if (difference !== undefined) differences.push(difference);
    // What CPython takes has no errors.
    if (found.errors.length > 0) differences.push(`${path}: errors on lines ${found.errors.join(", ")}`);
  }
  return { compared, imports, refused, differences };
}

function rowsOf({ imports }: PythonSource): Row[] {
  return imports.flatMap(({ line, how, module, names, context }): Row[] => {
    if (how !== "import" && how !== "from") return [];
    return [[line, how, module, [...names], context.deferred, context.typing, context.guard]];
  });
}

function differenceOf(path: string, ours: readonly Row[], theirs: readonly Row[]): string | undefined {
  const [mine, other] = [ours, theirs].map((rows) => rows.map((row) => JSON.stringify(row)).sort());
  const extra = mine?.filter((row) => other?.includes(row) === false) ?? [];
  const missing = other?.filter((row) => mine?.includes(row) === false) ?? [];
  if (extra.length + missing.length === 0 && mine?.length === other?.length) return undefined;
  return `${path}: only ours ${extra.join(" ")}; only CPython's ${missing.join(" ")}`;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".py"))
    .sort()
    .map((path) => join(folder, path));
}

function python(argv: readonly string[], input: string): string {
  const run = spawnSync("python3", argv, { input, encoding: "utf8", maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`python3 failed: ${run.stderr}`);
  return run.stdout;
}
