import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import { condensed } from "../../src/core/audit/python/imports/condense.ts";
import { decodeSource } from "../../src/core/audit/python/imports/decode-source.ts";
import { outlineOf } from "../../src/core/audit/python/outline/outline.ts";
import { openPythonGrammar } from "../../src/edge/grammar/tree-sitter-python.ts";
import { cut, withBytes, withLines, withPieces } from "../kit/damaged-python.ts";
import { pythonLibrary } from "../kit/python-library.ts";
import { readWhole } from "../kit/read-whole.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, pick, type Random } from "../kit/seeded-random.ts";

const RUNS = fuzzRuns(2_000);
const FOLDERS = ["json", "email", "importlib", "ctypes", "asyncio", "distutils", "concurrent", "xml"];

const grammar = await openPythonGrammar();
// as: the library has them.
const sources = FOLDERS.flatMap(pythonLibrary).map((path) =>
  readFileSync(path, "utf8"),
) as unknown as readonly [string, ...string[]];

it(`reads ${RUNS} damaged sources (seed ${FUZZ_SEED}) by outlines as the grammar reads the whole of them`, () => {
  const random = createRandom(FUZZ_SEED);
  const different: string[] = [];
  let [outlined, sound, imports] = [0, 0, 0];
  for (let run = 0; run < RUNS; run++) {
    const bytes = damaged(random, excerpt(random, pick(random, sources)));
    const options = run % 2 === 0 ? {} : { interpreter: { major: 3, minor: 11 } };
    const [ours, whole] = [grammar.read(bytes, options), readWhole(bytes, options)];
    const text = condensed(decodeSource(bytes).text);
    if (!isDeepStrictEqual(ours, whole)) different.push(text);
    if (outlineOf(text) !== text) outlined++;
    if (whole.errors.length === 0) sound++;
    imports += whole.imports.length;
  }
  if (RUNS > 10_000) console.log({ runs: RUNS, seed: FUZZ_SEED, outlined, sound, imports });
  expect(different).toEqual([]);
  // The canaries: outlines were made, and sources were broken.
  expect(imports).toBeGreaterThan(RUNS / 2);
  expect(outlined).toBeGreaterThan(RUNS / 10);
  expect(sound).toBeGreaterThan(RUNS / 20);
  expect(sound).toBeLessThan(RUNS / 2);
}, 14_400_000);

/** Some lines in a row, without the indentation of the first. */
function excerpt(random: Random, source: string): string {
  const lines = source.split("\n");
  const start = random(lines.length);
  const indent = indentOf(lines[start] ?? "");
  let end = start + 1 + random(30);
  // Mostly to the end of a block.
  if (random(4) > 0) while (end < start + 90 && indentOf(lines[end] ?? "-") > indent) end++;
  const some = lines.slice(start, end);
  return `${some.map((line) => line.slice(Math.min(indent, indentOf(line)))).join("\n")}\n`;
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** One kind of damage, or two. */
function damaged(random: Random, source: string): Uint8Array {
  let text = random(2) === 0 ? `import json\n${source}` : source;
  let bytes: Uint8Array | undefined;
  for (let kinds = 1 + random(2); kinds > 0; kinds--) {
    const kind = random(8);
    if (kind < 3) text = withPieces(random, text);
    else if (kind < 6) text = withLines(random, text);
    else if (kind === 6) text = cut(random, text);
    else bytes = withBytes(random, new TextEncoder().encode(text));
  }
  return bytes ?? new TextEncoder().encode(text);
}
