import { randomBytes } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFailure } from "./error.ts";
import { makeFolder } from "./make-folder.ts";

/**
 * Replaces a file as a whole: readers see the old bytes or the new ones, also after a power cut. Makes the folders.
 * Throws TreeError NO_SPACE or STATE_UNWRITABLE; the old file is then as it was.
 */
export async function writeFileAtomic(path: string, bytes: string | Uint8Array, mode = 0o644): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.tmp-${process.pid}-${randomBytes(6).toString("hex")}`);
  makeFolder(folder);
  try {
    await writeSynced(temporary, bytes, mode);
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (thrown) {
    await unlink(temporary).catch(() => {});
    throw writeFailure(path, thrown);
  }
}

async function writeSynced(path: string, bytes: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(bytes);
    // Without it a journalling filesystem may keep the rename and lose the bytes.
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
