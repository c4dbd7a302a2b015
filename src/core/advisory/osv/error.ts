import { LapstrakeError } from "../../base/error.ts";

export type AdvisoryErrorCode =
  /** No JSON that every reader takes for the same: a syntax error, a key twice, a number that no double holds. */
  | "ADVISORY_JSON"
  /** Not of the shape that the OSV schema gives a record. */
  | "ADVISORY_INVALID"
  /** More than is read of any record. */
  | "ADVISORY_LIMIT";

/** An advisory is not what the OSV schema (1.x) says that it is. */
export class AdvisoryError extends LapstrakeError<AdvisoryErrorCode> {
  readonly exit = 2;
}
