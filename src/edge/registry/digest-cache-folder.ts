import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, digestOf } from "../../core/base/digest.ts";
import type { DigestCache } from "./digest-cache.ts";

const TAGS = "tags.json";

/** One file for each digest under `folder`, shared by all fleets of the machine. Made when the first entry is put. */
export async function openDigestCache(folder: string): Promise<DigestCache> {
  const seen = await readTags(join(folder, TAGS));
  const before = seen.size;
  // Several tags may stand on one digest; it is written once.
  const put = new Set<Digest>();
  return {
    get: (digest) => readEntry(fileOf(folder, digest), digest),
    put: async (digest, bytes) => {
      if (put.has(digest) || digestOf(bytes) !== digest) return;
      put.add(digest);
      await replace(fileOf(folder, digest), bytes);
    },
    hasSeen: (tag) => seen.has(tag),
    see: (tag) => void seen.add(tag),
    save: async () => {
      if (seen.size > before) await replace(join(folder, TAGS), JSON.stringify([...seen].toSorted()));
    },
  };
}

function fileOf(folder: string, digest: Digest): string {
  const hex = digest.slice("sha256:".length);
  return join(folder, hex.slice(0, 2), hex);
}

async function readEntry(path: string, digest: Digest): Promise<Uint8Array | undefined> {
  try {
    // 370 of them: 5 ms of CPU, where node:fs/promises takes 40 to 90.
    const bytes = readFileSync(path);
    if (digestOf(bytes) === digest) return bytes;
    // Cut short by a crash, or changed: what is put next replaces it.
    await unlink(path);
  } catch {
    // Not there, or not readable: the registry has it.
  }
  return undefined;
}

/** Not synced to the disk: an entry that a power cut damages is noticed by its digest. */
async function replace(path: string, bytes: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await write(temporary, bytes);
    await rename(temporary, path);
  } catch {
    // A full or read-only disk makes the next run slower, not wrong.
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

async function readTags(path: string): Promise<Set<string>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return new Set(Array.isArray(value) ? value.filter((tag) => typeof tag === "string") : []);
  } catch {
    // Not there or damaged: every tag is new.
    return new Set();
  }
}
