import { isAbsolute, join } from "node:path";

/** An https address as it is; a path of a blueprint or a command line as an absolute one, below this folder. */
export function exportPlace(source: string, folder: string): string {
  return source.includes("://") || isAbsolute(source) ? source : join(folder, source);
}
