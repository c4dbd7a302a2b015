import { expect, it } from "vitest";
import { AuditError } from "../../src/core/audit/error.ts";
import { commandTargets, shellTargets } from "../../src/core/audit/python/command-targets.ts";
import { notebookCode } from "../../src/core/audit/python/notebook.ts";
import { grammar } from "../kit/read-python.ts";
import { withinTime } from "../kit/within-time.ts";

const RUNS = Number(process.env["LAPSTRAKE_FUZZ_RUNS"] ?? 600);
const SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 20261126);
/** So many end in seconds. */
const BATCH = 500;
/** Memory that stays after ten thousand more trees would be a leak: WebAssembly's memory never shrinks. */
const MAX_GROWTH = 200 * 1024 * 1024;

const PIECES = [
  "import a\n",
  "from ..b import (c, d as e)\n",
  "from x import *\n",
  "import_module",
  "from importlib import import_module as im\n",
  "im('a' + P)\n",
  "P = 'q'\n",
  "for n in T: im(n)\n",
  "T = {'a': 'b', **U}\n",
  "__import__(",
  "if TYPE_CHECKING:\n",
  "    ",
  "\t",
  "try:\n",
  "except ImportError as e:\n",
  "except* X:\n",
  "else:\n",
  "finally:\n",
  "with suppress(ImportError):\n",
  "def f(a=im, *b):\n",
  "class A(B):\n",
  "lambda x: ",
  "import sys\n",
  "if sys.version_info[:2] >= (3, 8):\n",
  "elif os.name == 'nt':\n",
  "match x:\n",
  "case [a, *_]:\n",
  "async ",
  "await ",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  "'",
  '"',
  '"""',
  "'''",
  "f'{x!r:>{w}}'",
  "rb'\\x'",
  "\\\n",
  "#c\n",
  "\n",
  "\f",
  ";",
  ":",
  ",",
  "=",
  ":=",
  "@",
  "->",
  ".",
  "...",
  "*",
  "**",
  "%s",
  "\0",
  "é",
  "\uFEFF",
  "💥",
  "\\N{x}",
  "import ctypes, subprocess as s, os\n",
  "ctypes.CDLL(os.path.join(d, 'libx.so'))\n",
  "s.run([sys.executable, '-m', 'x'])\n",
  "os.system(f'a {b}')\n",
  "print 'x'\n",
  "exec code in ns\n",
  "`x`",
  "0x",
  "1_0",
  "1e",
  "<>",
  "x if y else z",
  "[i for i in j if k]",
  "x = y\ny = x\nim(x)\n",
  "global P\n",
  "del T\n",
  "# -*- coding: latin-1 -*-\n",
  "%time\n",
  "!ls\n",
] as const;

/** xorshift32: the same runs for the same seed, everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function source(random: (below: number) => number): string {
  let text = "";
  for (let count = random(12); count >= 0; count--) text += PIECES[random(PIECES.length)] ?? "";
  // Signs change places, go, and come twice.
  for (let changes = random(4); changes > 0 && text.length > 0; changes--) {
    const at = random(text.length);
    const kind = random(3);
    const piece =
      kind === 0
        ? ""
        : kind === 1
          ? text.slice(at, at + random(9)).repeat(2)
          : String.fromCharCode(random(256));
    text = text.slice(0, at) + piece + text.slice(at + 1);
  }
  return text;
}

it(`reads ${RUNS} broken sources (seed ${SEED}) without a crash or a leak`, () => {
  const random = generator(SEED);
  const encoder = new TextEncoder();
  let [read, withErrors, imports] = [0, 0, 0];
  let settled = 0;
  let text = "";
  const one = (run: number): void => {
    text = source(random);
    const found = attempt(
      () => grammar.read(encoder.encode(text), run % 2 === 0 ? {} : { interpreter: { major: 3, minor: 11 } }),
      text,
    );
    if (found !== undefined) {
      read++;
      imports += found.imports.length;
      if (found.errors.length > 0) withErrors++;
      const lines = text.split(/\r\n?|\n/).length;
      const places = [...found.imports, ...found.libraries, ...found.programs, ...found.open].map(
        ({ line }) => line,
      );
      if ([...places, ...found.errors].some((line) => line < 1 || line > lines + 1))
        throw new Error(`line outside of ${JSON.stringify(text)}`);
    }
    attempt(() => shellTargets(text), text);
    attempt(() => commandTargets(text.split(" ")), text);
    attempt(
      () =>
        notebookCode(
          random(2) === 0 ? text : JSON.stringify({ cells: [{ cell_type: "code", source: text }] }),
        ),
      text,
    );
    if (run === Math.floor(RUNS / 2)) settled = process.memoryUsage().rss;
  };
  for (let run = 0; run < RUNS; run += BATCH) {
    try {
      withinTime(60_000, () => {
        for (let at = run; at < Math.min(run + BATCH, RUNS); at++) one(at);
      });
    } catch (error) {
      throw new Error(`stopped at ${JSON.stringify(text)}`, { cause: error });
    }
  }
  const grown = process.memoryUsage().rss - settled;
  if (RUNS > 10_000)
    console.log({ runs: RUNS, seed: SEED, read, withErrors, imports, grownMiB: Math.round(grown / 1048576) });
  expect(read).toBeGreaterThan(RUNS * 0.99);
  expect(withErrors).toBeGreaterThan(0);
  expect(imports).toBeGreaterThan(0);
  expect(grown).toBeLessThan(MAX_GROWTH);
}, 7_200_000);

/** A known refusal is an answer; anything else that is thrown is shown with what caused it. */
function attempt<T>(action: () => T, text: string): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof AuditError) return undefined;
    throw new Error(`failed for ${JSON.stringify(text)}`, { cause: error });
  }
}
