import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A program of PATH, or of these folders before it; undefined where there is none. */
export function findProgram(name: string, before: readonly string[] = []): string | undefined {
  const folders = [...before, ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
