import { type ErrorOptions, type ExitCode, LapstrakeError } from "../../core/base/error.ts";
import { systemCode } from "../../core/base/system-code.ts";

export type TreeErrorCode =
  | "TREE_MISSING"
  | "TREE_UNREADABLE"
  | "TREE_PATH_ENCODING"
  | "TREE_CHANGING"
  | "TREE_TOO_BIG"
  | "GIT_OWNER"
  | "GIT_FAILED"
  | "ENGINE_FILE"
  | "STATE_FOLDER"
  | "NO_SPACE"
  | "STATE_UNWRITABLE";

/** What people mend in their own files; the rest is the machine's. */
const USAGE: ReadonlySet<TreeErrorCode> = new Set(["TREE_MISSING", "TREE_PATH_ENCODING", "TREE_TOO_BIG"]);

/** The working tree, git, or the state folder is not as a run needs it. */
export class TreeError extends LapstrakeError<TreeErrorCode> {
  readonly exit: ExitCode;

  constructor(code: TreeErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
    this.exit = USAGE.has(code) ? 2 : 3;
  }
}

/** A failed write as a TreeError: a full disk or quota is NO_SPACE. */
export function writeFailure(path: string, thrown: unknown): TreeError {
  const code = systemCode(thrown);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new TreeError("NO_SPACE", `no space left to write ${path}`, {
      cause: thrown,
      details: { path },
      hint: "free disk space and run the same command again; nothing half-written was kept",
    });
  }
  return new TreeError("STATE_UNWRITABLE", `cannot write ${path}: ${code ?? String(thrown)}`, {
    cause: thrown,
    details: { path },
  });
}
