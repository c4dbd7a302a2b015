import { constants } from "node:fs";
import { chmod, copyFile, lutimes, mkdir, readlink, symlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemCode } from "../../core/base/system-code.ts";
import { TreeError, writeFailure } from "./error.ts";
import type { StagedEntry, StageTarget } from "./port.ts";

export interface StageOptions extends StageTarget {
  readonly from: string;
}

/**
 * Copies exactly these entries, with their modes and all times at the epoch. BuildKit keeps the time of a file that is
 * older than the epoch, and sends whatever lies in a context: from a copy like this one, two machines send the same.
 */
export async function stageFiles(entries: readonly StagedEntry[], options: StageOptions): Promise<void> {
  const { from, into, epoch } = options;
  try {
    await mkdir(into, { recursive: true });
    for (const entry of entries) await mkdir(join(into, folderOf(entry)), { recursive: true });
    for (const entry of entries) {
      const path = join(into, entry.path);
      if (entry.type === "file") await copyFile(join(from, entry.path), path, constants.COPYFILE_FICLONE);
      if (entry.type === "symlink") await symlink(await readlink(join(from, entry.path)), path);
      if (entry.type === "file") await chmod(path, entry.mode);
      if (entry.type !== "directory") await lutimes(path, epoch, epoch);
    }
    // The deepest first: a change below moves a folder's time, and a mode may close it.
    for (const folder of foldersOf(entries)) {
      const path = join(into, folder.path);
      await chmod(path, folder.mode);
      await utimes(path, epoch, epoch);
    }
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") {
      throw new TreeError("TREE_CHANGING", `a file below ${from} went away while it was read`, {
        cause: thrown,
      });
    }
    throw writeFailure(into, thrown);
  }
}

function folderOf(entry: StagedEntry): string {
  return entry.type === "directory" ? entry.path : dirname(entry.path);
}

/** Every folder that was made, with the mode of its entry, or 755 where only its content is an entry. */
function foldersOf(
  entries: readonly StagedEntry[],
): readonly { readonly path: string; readonly mode: number }[] {
  const modes = new Map<string, number>([[".", 0o755]]);
  for (const entry of entries) {
    for (let path = folderOf(entry); path !== "."; path = dirname(path))
      if (!modes.has(path)) modes.set(path, 0o755);
  }
  for (const entry of entries) if (entry.type === "directory") modes.set(entry.path, entry.mode);
  return [...modes].map(([path, mode]) => ({ path, mode })).sort((a, b) => b.path.length - a.path.length);
}
