import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "../../core/base/system-code.ts";
import { writeFailure } from "./error.ts";

/**
 * Makes a folder and those above it, as far as they are missing. Throws TreeError STATE_UNWRITABLE or NO_SPACE.
 * (Node's own recursive mkdir never ends where a file system answers ENOENT although the parent exists, as /proc does.)
 */
export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (thrown) {
    throw writeFailure(path, thrown);
  }
}

function make(path: string): void {
  if (made(path)) return;
  make(dirname(path));
  // A second time only: where it is still ENOENT, no number of tries would help.
  if (!made(path)) mkdirSync(path);
}

/** False where the folder above is missing. */
function made(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (thrown) {
    const code = systemCode(thrown);
    // Another run may have made it in the meantime.
    if (code === "EEXIST") return true;
    if (code === "ENOENT" && dirname(path) !== path) return false;
    throw thrown;
  }
}
