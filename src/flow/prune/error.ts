import { type ErrorOptions, type ExitCode, LapstrakeError } from "../../core/base/error.ts";

export type PruneErrorCode =
  /** A tag that is to be kept stands on something that was about to be deleted. */
  | "PRUNE_MOVED"
  /** Something that is kept cannot be found after the deletion. */
  | "PRUNE_LOST"
  /** The login may look at a package, but not delete of it. */
  | "PRUNE_DENIED"
  /** A journal or restore list that cannot be understood. */
  | "PRUNE_JOURNAL"
  /** This registry's adapter cannot delete, or cannot tell what refers to what. */
  | "PRUNE_UNSUPPORTED";

export class PruneError extends LapstrakeError<PruneErrorCode> {
  readonly exit: ExitCode;

  constructor(code: PruneErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
    this.exit = code === "PRUNE_MOVED" ? 1 : 3;
  }
}
