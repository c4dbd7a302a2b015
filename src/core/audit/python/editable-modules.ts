import { linesOf } from "./metadata-text.ts";

const MAX_MODULES = 10_000;
/** A text as Python's `repr` writes it. */
const TEXT = String.raw`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`;

/** By name, the plain paths that the finders of setuptools' editable installs lead to: their line `MAPPING = {'pkg': '/src/pkg'}`. */
export function editableModules(finders: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const finder of finders)
    for (const line of linesOf(finder)) {
      const written = /^MAPPING(?:\s*:[^=]*)?\s*=\s*\{(.*)\}\s*$/.exec(line)?.[1];
      if (written === undefined) continue;
      for (const [, one, other, path, otherPath] of written.matchAll(
        new RegExp(`(?:${TEXT}): (?:${TEXT})`, "g"),
      )) {
        const name = one ?? other ?? "";
        const at = unquoted(path ?? otherPath ?? "").replace(/^\/+|\/+$/g, "");
        if (name !== "" && at !== "" && found.size < MAX_MODULES) found.set(name, at);
      }
    }
  return found;
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(['"\\])/g, "$1");
}
