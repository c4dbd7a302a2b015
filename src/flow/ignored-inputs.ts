import { posix } from "node:path";
import type { GitFacts } from "../edge/tree/port.ts";

/**
 * Git facts in which dirty is also what a build copies although git ignores it: no commit holds that, and another clone
 * would make another image. `inputs`: by image, paths relative to the tree's root.
 */
export function withIgnoredInputs(git: GitFacts, inputs: ReadonlyMap<string, readonly string[]>): GitFacts {
  if (git.kind === "none" || git.ignored.length === 0) return git;
  const ignored = new Set(git.ignored);
  const used = new Set([...inputs.values()].flat());
  const found = [...used].filter((path) => isIgnored(path, ignored)).toSorted();
  return found.length === 0 ? git : { ...git, dirty: [...git.dirty, ...found] };
}

/** Itself, or by a folder above it: those end with a slash. */
export function isIgnored(path: string, ignored: ReadonlySet<string>): boolean {
  if (ignored.has(path)) return true;
  for (let folder = path; folder !== "." && folder !== "/"; folder = posix.dirname(folder)) {
    if (ignored.has(`${folder}/`)) return true;
  }
  return false;
}
