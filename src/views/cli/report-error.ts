import { type ExitCode, formatPosition, LapstrakeError, messageOf } from "../../core/base/error.ts";
import { printable } from "../render/printable.ts";
import type { Io } from "./command.ts";

export interface ReportOptions {
  readonly io: Io;
  readonly debug: boolean;
  readonly json: boolean;
  readonly version: string;
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly at?: LapstrakeError["at"];
  readonly hint?: string | undefined;
}

/** Shows an error once: a known one as one line with its code and hint, a bug with what to report. */
export function reportError(error: unknown, options: ReportOptions): ExitCode {
  if (isAbort(error)) {
    if (options.json)
      options.io.out(
        `${JSON.stringify({ version: 1, error: { code: "CANCELLED", exit: 130, problems: [] } })}\n`,
      );
    options.io.err("lapstrake: cancelled\n");
    return 130;
  }
  if (isOfMachine(error)) return reportMachine(error, options);
  if (!(error instanceof LapstrakeError)) return reportBug(error, options);
  const problems = problemsOf(error);
  if (options.json)
    options.io.out(
      `${JSON.stringify({ version: 1, error: { code: error.code, exit: error.exit, problems } })}\n`,
    );
  for (const problem of problems) options.io.err(formatProblem(problem));
  if (options.debug) {
    options.io.err(`details: ${JSON.stringify(error.details)}\n${error.stack ?? ""}\n`);
    if (error.cause !== undefined) options.io.err(`cause: ${messageOf(error.cause)}\n`);
  }
  return error.exit;
}

/** Errors about a file that people edit carry all their problems, so that one run shows all of them. */
function problemsOf(error: LapstrakeError): readonly Problem[] {
  if ("problems" in error && Array.isArray(error.problems) && error.problems.length > 0) {
    // The only classes with `problems` are ours, and this is their shape.
    return error.problems as readonly Problem[];
  }
  return [
    {
      code: error.code,
      message: error.message,
      ...(error.at === undefined ? {} : { at: error.at }),
      hint: error.hint,
    },
  ];
}

function formatProblem({ at, message, code, hint }: Problem): string {
  const place = formatPosition(at);
  const head = `${place === "" ? "lapstrake" : place}: ${message} [${code}]\n`;
  return printable(hint === undefined ? head : `${head}  hint: ${hint}\n`);
}

/** What a system call says of the machine and never of our code: disk, rights, limits. */
const OF_MACHINE: ReadonlySet<string> = new Set(
  "ENOSPC EDQUOT EROFS EACCES EPERM EMFILE ENFILE ENOMEM EIO".split(" "),
);

function isOfMachine(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return false;
  return typeof error.code === "string" && OF_MACHINE.has(error.code);
}

function reportMachine(error: NodeJS.ErrnoException, { io, json, debug }: ReportOptions): ExitCode {
  const { message } = error;
  const code = error.code === "ENOSPC" || error.code === "EDQUOT" ? "NO_SPACE" : "SYSTEM";
  if (json)
    io.out(`${JSON.stringify({ version: 1, error: { code, exit: 3, problems: [{ code, message }] } })}\n`);
  io.err(formatProblem({ code, message, hint: "mend it and run the same command again" }));
  if (debug) io.err(`${error.stack ?? ""}\n`);
  return 3;
}

function reportBug(error: unknown, { io, version, json }: ReportOptions): ExitCode {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json)
    io.out(
      `${JSON.stringify({ version: 1, error: { code: "BUG", exit: 70, message: messageOf(error) } })}\n`,
    );
  io.err(
    `lapstrake: this is a bug in Lapstrake ${version}, please report it with the lines below\n` +
      `  node ${process.version} on ${process.platform}\n${stack}\n`,
  );
  return 70;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
