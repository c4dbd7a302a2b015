import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes small files; `links` are symbolic links, path to target. */
export function writeTree(
  root: string,
  files: readonly string[],
  links: ReadonlyMap<string, string> = new Map(),
): void {
  mkdirSync(root, { recursive: true });
  for (const file of files) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    const target = links.get(file);
    if (target === undefined) writeFileSync(path, `${file}\n`);
    else symlinkSync(target, path);
  }
}

/** All paths below a folder, folders with a slash at the end, sorted. */
export function listTree(root: string, prefix = ""): readonly string[] {
  return readdirSync(join(root, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const path = prefix + entry.name;
      return entry.isDirectory() ? [`${path}/`, ...listTree(root, `${path}/`)] : [path];
    })
    .sort();
}

/** All folders above a path, each with a slash at the end. */
export function foldersAbove(path: string): readonly string[] {
  const parts = path.replace(/\/$/, "").split("/");
  return parts.slice(1).map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}
