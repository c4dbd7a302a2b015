/** `unknown`: it could not be found out, which is never good news. */
export type CheckStatus = "ok" | "warning" | "failure" | "unknown";

/** What mends a failure: the machine and its surroundings (exit 3), or the project's own files and variables (exit 2). */
export type CheckArea = "environment" | "configuration";

/** What one check found, in one line, and the command that mends it. */
export interface CheckResult {
  /** Stable: `engine`, `login:ghcr.io`, `root:python-3.11`. */
  readonly id: string;
  readonly status: CheckStatus;
  readonly area: CheckArea;
  readonly finding: string;
  readonly fix?: string;
}

export interface Check {
  /** What it answers for; where it gives no answer in time, each of them gets one that says so. */
  readonly ids: readonly string[];
  readonly area: CheckArea;
  /** Milliseconds; 10,000 unless told. */
  readonly limitMs?: number;
  /** What no answer in time means: `failure` where a run would hang as well. */
  readonly late: "failure" | "unknown";
  /** What mends it where it fails without saying so itself. */
  readonly fix?: string;
  /** Known errors may be thrown: they are failures with their hint as the fix. */
  run(signal: AbortSignal): Promise<readonly Answer[]>;
}

/** A result as a check gives it; the area is the check's own unless it says otherwise. */
export type Answer = Omit<CheckResult, "area"> & { readonly area?: CheckArea };

export function ok(id: string, finding: string): Answer {
  return { id, status: "ok", finding };
}

export function warning(id: string, finding: string, fix: string): Answer {
  return { id, status: "warning", finding, fix };
}

export function failure(id: string, finding: string, fix: string | undefined): Answer {
  return { id, status: "failure", finding, ...(fix === undefined ? {} : { fix }) };
}

export function unknown(id: string, finding: string, fix?: string): Answer {
  return { id, status: "unknown", finding, ...(fix === undefined ? {} : { fix }) };
}
