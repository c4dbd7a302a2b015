import { BlueprintError } from "./error.ts";
import type { Lock } from "./lock.ts";

/** Reads `lapstrake.lock`. Throws BlueprintError LOCK_INVALID (exit 2) that carries every problem of the file. */
export function parseLock(_text: string, file: string): Lock {
  throw new BlueprintError(
    [{ code: "BLUEPRINT_YAML", message: "not read yet", at: { file, line: 1, column: 1 } }],
    "LOCK_INVALID",
  );
}
