import { LapstrakeError } from "../../core/base/error.ts";

export type EngineErrorCode =
  /** The engine's address is of a kind that we do not speak. */
  | "ENGINE_ADDRESS"
  /** Nobody answers there. */
  | "ENGINE_UNREACHABLE"
  /** The engine answered with an error status; `details.status` is it. */
  | "ENGINE_REFUSED"
  /** The answer is not what the Engine API promises, or too big. */
  | "ENGINE_ANSWER";

/** A Docker Engine that is not there, refuses, or cannot be understood. */
export class EngineError extends LapstrakeError<EngineErrorCode> {
  readonly exit = 3;
}
