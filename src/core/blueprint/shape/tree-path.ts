import { type Leaf, leaf } from "./leaf.ts";

/** A path inside the folder of the blueprint, normalised. */
export const TreePathShape = leaf(parseTreePath);

/**
 * Normalises a relative path with `/`: no `.`, no `..`, no empty parts; "." is the folder itself. Paths that leave the
 * folder are refused, since such a file would be outside what git and the build identity see.
 */
export function parseTreePath(text: string): Leaf<string> {
  const hint = "paths are relative to the folder of this file, with / between their parts";
  // Control characters in a path have no use but to deceive whoever reads the log.
  if (text === "" || text.length > 1024 || /\p{Cc}/u.test(text)) {
    return { expected: "a path of 1 to 1024 characters", hint };
  }
  if (/^(?:[/~]|[A-Za-z]:)/.test(text) || text.includes("\\")) return { expected: "a relative path", hint };
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) {
      return { expected: "a path that stays in the folder of this file", hint };
    }
  }
  return { value: parts.length === 0 ? "." : parts.join("/") };
}
