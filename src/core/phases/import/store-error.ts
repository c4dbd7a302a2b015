import { LapstrakeError } from "../../base/error.ts";

export type StoreErrorCode =
  /** It is no task store, or it was broken by hand. */
  "STORE_INVALID" | "STORE_WITHOUT_PLAN" | "STORE_MISSING";

/** A task store of another tool that cannot be imported. */
export class StoreError extends LapstrakeError<StoreErrorCode> {
  readonly exit = 2;
}
