import { stat, statfs } from "node:fs/promises";
import { systemCode } from "../../core/base/system-code.ts";
import { TreeError } from "./error.ts";

/** The file system under a folder. Bytes. */
export interface DiskSpace {
  readonly path: string;
  /** Two folders with the same number share their free space. */
  readonly device: number;
  /** What a process without privileges may still write: the reserve of root is not counted. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Undefined where there is no such folder on this machine. Throws TreeError TREE_UNREADABLE. */
export async function readDiskSpace(path: string): Promise<DiskSpace | undefined> {
  try {
    const [{ dev }, { bavail, blocks, bsize }] = await Promise.all([stat(path), statfs(path)]);
    return { path, device: dev, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new TreeError(
      "TREE_UNREADABLE",
      `cannot look at the disk under ${path}: ${code ?? String(thrown)}`,
      {
        cause: thrown,
      },
    );
  }
}
