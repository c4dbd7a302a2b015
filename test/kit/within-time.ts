import { Script } from "node:vm";

const NAME = "lapstrakeAction";
const CALL = new Script(`${NAME}()`);

/** Throws ERR_SCRIPT_EXECUTION_TIMEOUT where an action does not end: a test's own timeout cannot stop a loop. */
export function withinTime(milliseconds: number, action: () => void): void {
  Reflect.set(globalThis, NAME, action);
  try {
    CALL.runInThisContext({ timeout: milliseconds });
  } finally {
    Reflect.deleteProperty(globalThis, NAME);
  }
}
