import { expect, it } from "vitest";
import { UsageError } from "../../src/views/cli/error.ts";
import { reportError } from "../../src/views/cli/report-error.ts";
import { expectNoInnards } from "./expect-known.ts";

/** What a command would have said that met this error. */
function answerTo(error: unknown, debug: boolean) {
  let err = "";
  const io = {
    out: () => {},
    err: (text: string) => void (err += text),
    outIsTerminal: false,
    errIsTerminal: false,
    errSize: () => ({ columns: 80, rows: 24 }),
    env: {},
  };
  const exit = reportError(error, { io, debug, json: false, version: "1.2.3" });
  return { out: "", err, exit };
}

it("the rule lets a known error through, and refuses a bug and a stack that nobody asked for", () => {
  const known = new UsageError("USAGE_FLAG", "expected a number, found x");
  expectNoInnards(answerTo(known, false));
  expect(() => expectNoInnards(answerTo(known, true))).toThrow(/./);
  expect(() => expectNoInnards(answerTo(new TypeError("x is not a function"), false))).toThrow(/./);
  const enoent = Object.assign(new Error("ENOENT: no such file or directory"), { syscall: "mkdir" });
  expect(() => expectNoInnards(answerTo(enoent, false))).toThrow(/./);
});
