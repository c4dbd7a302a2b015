import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestOf, finishDigest } from "../../../core/base/digest.ts";
import { exportFailure } from "./error.ts";
import { jsonFiles } from "./folder-texts.ts";

/** Of the bytes as they lie there: those of a file; of a folder, the names and digests of its records. */
export async function digestOfExport(path: string, signal?: AbortSignal): Promise<Digest> {
  try {
    if (!(await stat(path)).isDirectory()) return finishDigest(await hashFile(path, signal));
    const lines: string[] = [];
    for await (const name of jsonFiles(path))
      lines.push(`${name}\0${finishDigest(await hashFile(join(path, name), signal))}\n`);
    return digestOf(lines.join(""));
  } catch (thrown) {
    signal?.throwIfAborted();
    throw exportFailure(path, thrown);
  }
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<Hash> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer); // Without an encoding it gives Buffers.
  }
  return hash;
}
