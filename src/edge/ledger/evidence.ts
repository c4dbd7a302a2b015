import { createHash } from "node:crypto";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestOf, finishDigest, parseDigest } from "../../core/base/digest.ts";
import { ledgerFailure, systemCode } from "./error.ts";

/** A file in the store. */
export interface StoredEvidence {
  /** Relative to the store. */
  readonly name: string;
  /** What its name promises; undefined where it is no name that we give. */
  readonly digest: Digest | undefined;
}

/** Content-addressed bytes that entries of a ledger point to. */
export interface Evidence {
  /** Keeps the bytes; they are on the disk when this resolves. */
  put(bytes: Uint8Array): Promise<Digest>;
  /** Undefined where it is not there, or where the bytes are no longer those of the digest. */
  get(digest: Digest): Promise<Uint8Array | undefined>;
  /** Reads all of it, in bounded memory. */
  check(digest: Digest): Promise<"sound" | "changed" | "missing">;
  /** All that is in the store, also what nobody cites. */
  list(): Promise<readonly StoredEvidence[]>;
}

/** A write that is whole or not there, and makes the folders; `writeFileAtomic` of edge/tree is one. */
type AtomicWrite = (path: string, bytes: Uint8Array) => Promise<void>;

const READ_BYTES = 256 * 1024;
/** What a write that was killed leaves behind; `writeFileAtomic` names its files so. */
const LEFT_BEHIND = /(^|\/)\.tmp-[^/]*$/;

/** Evidence as files named by their digest below this folder. */
export function openEvidence(folder: string, write: AtomicWrite): Evidence {
  const pathOf = (digest: Digest): string => join(folder, nameOf(digest));
  const check = (digest: Digest) => checkFile(pathOf(digest), digest);
  return {
    check,
    async put(bytes) {
      const digest = digestOf(bytes);
      // Changed bytes are mended by the right ones: whoever cites them has just proven what they were.
      if ((await check(digest)) !== "sound") await write(pathOf(digest), bytes);
      return digest;
    },
    async get(digest) {
      try {
        const bytes = await readFile(pathOf(digest));
        return digestOf(bytes) === digest ? bytes : undefined;
      } catch (thrown) {
        if (systemCode(thrown) === "ENOENT") return undefined;
        throw thrown;
      }
    },
    list: () => listFolder(folder),
  };
}

function nameOf(digest: Digest): string {
  const hex = digest.slice("sha256:".length);
  return join("sha256", hex.slice(0, 2), hex);
}

async function checkFile(path: string, digest: Digest): ReturnType<Evidence["check"]> {
  try {
    const file = await open(path, "r");
    try {
      const hash = createHash("sha256");
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
        if (bytesRead === 0) return finishDigest(hash) === digest ? "sound" : "changed";
        hash.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return "missing";
    // A folder in its place.
    if (systemCode(thrown) === "EISDIR" || systemCode(thrown) === "ENOTDIR") return "changed";
    throw ledgerFailure(path, thrown, "read");
  }
}

async function listFolder(folder: string): Promise<readonly StoredEvidence[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch((thrown: unknown) => {
    if (systemCode(thrown) === "ENOENT") return [];
    throw ledgerFailure(folder, thrown, "read");
  });
  const files = found.flatMap((entry) => {
    if (entry.isDirectory()) return [];
    const name = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (LEFT_BEHIND.test(name)) return [];
    const digest = parseDigest(`sha256:${entry.name}`);
    return [{ name, digest: digest !== undefined && nameOf(digest) === name ? digest : undefined }];
  });
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Evidence that is kept nowhere. */
export function createMemoryEvidence(): Evidence {
  const kept = new Map<Digest, Uint8Array>();
  return {
    put(bytes) {
      const digest = digestOf(bytes);
      kept.set(digest, bytes);
      return Promise.resolve(digest);
    },
    get: (digest) => Promise.resolve(kept.get(digest)),
    check: async (digest) => (kept.has(digest) ? "sound" : "missing"),
    list: async () => [...kept.keys()].map((digest) => ({ name: digest, digest })),
  };
}
