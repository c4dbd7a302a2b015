import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { type Digest, finishDigest } from "../../core/base/digest.ts";
import { systemCode } from "../../core/base/system-code.ts";
import { TreeError } from "./error.ts";
import type { FileFacts } from "./stat-cache.ts";

/** Up to here a file is read in one synchronous go: the thread pool costs more than the reading. */
const SMALL_BYTES = 256 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;
const TRIES = 3;

const small = Buffer.allocUnsafeSlow(SMALL_BYTES + 1);

export interface HashedFile {
  readonly digest: Digest;
  /** As they were while the content was read, before and after alike. */
  readonly facts: FileFacts;
}

/**
 * The digest of a file's content, in bounded memory. A file that changes while it is read is read again.
 * Throws TreeError TREE_MISSING, TREE_UNREADABLE, TREE_CHANGING; the abort reason where `signal` is aborted.
 */
export async function hashFile(path: string, size: number, signal?: AbortSignal): Promise<HashedFile> {
  try {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      signal?.throwIfAborted();
      const hashed =
        size <= SMALL_BYTES
          ? (hashSmall(path) ?? (await hashBig(path, signal)))
          : await hashBig(path, signal);
      if (hashed !== undefined) return hashed;
    }
  } catch (thrown) {
    throw readFailure(path, thrown);
  }
  throw new TreeError("TREE_CHANGING", `${path} keeps changing while it is read`, {
    details: { path },
    hint: "stop what writes to it, or keep it out of the build with .dockerignore",
  });
}

/** Undefined where the file changed or is not small any more. */
function hashSmall(path: string): HashedFile | undefined {
  const file = openSync(path, "r");
  try {
    const before = fstatSync(file, { bigint: true });
    let length = 0;
    for (;;) {
      const count = readSync(file, small, length, small.length - length, null);
      length += count;
      if (count === 0) break;
      if (length > SMALL_BYTES) return undefined;
    }
    const digest = finishDigest(createHash("sha256").update(small.subarray(0, length)));
    return settled(digest, before, fstatSync(file, { bigint: true }));
  } finally {
    closeSync(file);
  }
}

async function hashBig(path: string, signal: AbortSignal | undefined): Promise<HashedFile | undefined> {
  const file = await open(path, "r");
  try {
    const before = await file.stat({ bigint: true });
    const hash = createHash("sha256");
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
    }
    return settled(finishDigest(hash), before, await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

function settled(digest: Digest, before: BigIntStats, after: BigIntStats): HashedFile | undefined {
  const same =
    before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
  if (!same) return undefined;
  const { mtimeNs, ctimeNs, ino: inode } = after;
  return { digest, facts: { size: Number(after.size), mtimeNs, ctimeNs, inode } };
}

function readFailure(path: string, thrown: unknown): unknown {
  const code = systemCode(thrown);
  // An abort reason has no system code and goes on as it is.
  if (code === undefined || (thrown instanceof Error && thrown.name === "AbortError")) return thrown;
  const missing = code === "ENOENT" || code === "ENOTDIR";
  return new TreeError(
    missing ? "TREE_MISSING" : "TREE_UNREADABLE",
    missing ? `${path} is gone since it was listed` : `cannot read ${path}: ${code}`,
    { cause: thrown, details: { path } },
  );
}
