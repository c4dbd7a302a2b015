import { type ExitCode, formatPosition, LapstrakeError, messageOf } from "../../core/base/error.ts";
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
  return hint === undefined ? head : `${head}  hint: ${hint}\n`;
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
