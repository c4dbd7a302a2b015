import { randomBytes } from "node:crypto";
import { mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * For caches: writes beside and renames. Not synced to the disk, since an entry that a power cut damages is noticed by
 * its digest; and a full or read-only disk makes the next run slower, not wrong.
 */
export async function replaceFile(path: string, bytes: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await write(temporary, bytes);
    await rename(temporary, path);
  } catch {
    await unlink(temporary).catch(() => {});
  }
}

/** Most folders are there already; to make sure before each entry was a sixth of a first look at 740 tags. */
async function write(path: string, bytes: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}
