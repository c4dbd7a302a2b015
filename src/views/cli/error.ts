import { LapstrakeError } from "../../core/base/error.ts";

export type UsageErrorCode = "USAGE_COMMAND" | "USAGE_FLAG" | "USAGE_OPERAND";

/** The command line asks for something that does not exist. */
export class UsageError extends LapstrakeError<UsageErrorCode> {
  readonly exit = 2;
}
