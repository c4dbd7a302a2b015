import { joinPath } from "./join-path.ts";
import { linesOf } from "./metadata-text.ts";

const MAX_MODULES = 10_000;
/** A text as Python's `repr` writes it. */
const TEXT = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`;
/** Sticky: what is no item ends the list, and nothing is looked at twice. */
const ITEM = new RegExp(`${TEXT}: ${TEXT}(?:, )?`, "y");

/** By name, the plain paths that the finders of setuptools' editable installs lead to: their line `MAPPING = {'pkg': '/src/pkg'}`. */
export function editableModules(finders: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const finder of finders)
    for (const line of linesOf(finder)) {
      const open = line.startsWith("MAPPING") ? line.indexOf("{") : -1;
      ITEM.lastIndex = open + 1;
      for (let item = open < 0 ? null : ITEM.exec(line); item !== null; item = ITEM.exec(line)) {
        const [, one, other, path, otherPath] = item;
        const name = one ?? other ?? "";
        const at = plain(path ?? otherPath ?? "");
        if (name !== "" && at !== undefined && found.size < MAX_MODULES) found.set(name, at);
      }
    }
  return found;
}

/** Undefined for what is no path from the root. */
function plain(repr: string): string | undefined {
  const text = repr.replaceAll(/\\(['"\\])/g, "$1");
  const path = text.startsWith("/") && !text.includes("\0") ? joinPath("", text) : undefined;
  return path === "" ? undefined : path;
}
