import { expect, it } from "vitest";
import { scriptCommands } from "../../src/core/audit/python/shell-script.ts";
import { createRandom, FUZZ_SEED, fuzzRuns, pick } from "../kit/seeded-random.ts";
import { withinTime } from "../kit/within-time.ts";

const RUNS = fuzzRuns(3000);
const CALL = { path: "app/e.sh", rest: ["python", "app.py"] };
const PIECES: readonly [string, ...string[]] = [
  "#!/bin/sh -e\n",
  "\n",
  "\r\n",
  " ",
  ";",
  "&&",
  "||",
  "|",
  "&",
  "'",
  '"',
  "`",
  "$",
  "$(",
  "(",
  ")",
  "{",
  "}",
  "\\",
  "\\\n",
  "#",
  "=",
  "exec",
  "cd ",
  "cd /app",
  'cd "$(dirname "$0")"',
  "set -e",
  "set -- ",
  "shift",
  "if",
  "then",
  "else",
  "fi",
  "case",
  "esac",
  "in",
  "for",
  "do",
  "done",
  "while",
  "function f {",
  "f() {",
  '"$@"',
  "${@}",
  "$1",
  "${X:-y}",
  "PATH=/x",
  "python",
  "-m",
  "srv",
  "app.py",
  "trap",
  "eval",
  "<<EOF",
  "<<-'E'",
  "EOF",
  ">",
  "2>&1",
  "[ -f x ]",
  "\0",
  "\u00e9",
];

it(`reads ${RUNS} scripts of pieces (seed ${FUZZ_SEED}), whatever they are`, () => {
  const random = createRandom(FUZZ_SEED);
  let sure = 0;
  for (let run = 0; run < RUNS; run++) {
    const text = Array.from(
      { length: random(60) },
      () => pick(random, PIECES) + pick(random, [" ", "\n", ""]),
    ).join("");
    const commands = scriptCommands(text, CALL);
    for (const { argv, folder } of commands) {
      expect(argv.length, text).toBeGreaterThan(0);
      expect(typeof folder === "string" || folder === undefined, text).toBe(true);
    }
    if (commands.some(({ isSure }) => isSure)) sure++;
  }
  // Pieces that never made a command would prove nothing.
  expect(sure).toBeGreaterThan(RUNS / 20);
});

it.each([
  [
    "arguments without end, each of them all",
    '"$@" '.repeat(13_000),
    { path: "e.sh", rest: Array(1_000_000).fill("x") as string[] },
  ],
  ["signs of here-documents", "<< ".repeat(22_000), CALL],
  ["a here-document of spaces", `<<${" ".repeat(64_000)}`, CALL],
  ["open brackets", "(".repeat(64_000), CALL],
  ["substitutions in one another", "$(".repeat(32_000), CALL],
  ["quotes", "'\"".repeat(32_000), CALL],
  ["folders below folders", "cd a;".repeat(13_000), CALL],
  ["assignments", "A=b ".repeat(16_000), CALL],
])("ends soon with %s", (_what, text, call) => {
  let words = 0;
  withinTime(5000, () => {
    words = scriptCommands(text, call).reduce((sum, { argv }) => sum + argv.length, 0);
  });
  expect(words).toBeLessThan(2_000_000);
});
