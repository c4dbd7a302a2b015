/** How a failure leaves the program: the exit codes that people and programs may rely on. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130;

/** A place in a file that a person edits. Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ErrorOptions {
  /** One line: the command or edit that mends it. */
  readonly hint?: string;
  readonly at?: SourcePosition;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The one base of every error that Lapstrake knows. Each area derives a class with a closed union of codes.
 * The message is one line: what was expected, what was found. Callers and tests decide by `code`, never by text.
 */
export abstract class LapstrakeError<Code extends string = string> extends Error {
  readonly code: Code;
  abstract readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly at: SourcePosition | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.at = options.at;
    this.details = options.details ?? {};
  }
}

/** `file:line:column`, or the empty string where no position is known. */
export function formatPosition(at: SourcePosition | undefined): string {
  return at === undefined ? "" : `${at.file}:${at.line}:${at.column}`;
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The same with what mends it, where that is known: for a failure that is told and does not end the run. */
export function adviceOf(thrown: unknown): string {
  const hint = thrown instanceof LapstrakeError ? thrown.hint : undefined;
  return hint === undefined ? messageOf(thrown) : `${messageOf(thrown)} (${hint})`;
}
