import { LapstrakeError } from "../../../core/base/error.ts";

export type BootstrapErrorCode = "BOOTSTRAP_FAILED" | "BOOTSTRAP_NOT_HERE" | "BOOTSTRAP_PYTHON";

/** A root could not be made on this machine. `BOOTSTRAP_NOT_HERE` and `BOOTSTRAP_PYTHON` say that it cannot be. */
export class BootstrapError extends LapstrakeError<BootstrapErrorCode> {
  readonly exit = 3;
}
