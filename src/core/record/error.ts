import { LapstrakeError } from "../base/error.ts";

export type RecordErrorCode =
  | "RECORD_JSON"
  | "RECORD_SHAPE"
  | "RECORD_VERSION"
  | "RECORD_CANONICAL"
  | "RECORD_HASH"
  | "RECORD_CHAIN"
  | "RECORD_SIZE";

/** A line of a ledger or a release record that is not what its writer wrote. */
export class RecordError extends LapstrakeError<RecordErrorCode> {
  readonly exit = 3;
}
