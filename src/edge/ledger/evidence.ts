import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestOf } from "../../core/base/digest.ts";
import { systemCode } from "./error.ts";

/** Content-addressed bytes that entries of a ledger point to. */
export interface Evidence {
  /** Keeps the bytes; they are on the disk when this resolves. */
  put(bytes: Uint8Array): Promise<Digest>;
  /** Undefined where it is not there, or where the bytes are no longer those of the digest. */
  get(digest: Digest): Promise<Uint8Array | undefined>;
}

/** A write that is whole or not there, and makes the folders; `writeFileAtomic` of edge/tree is one. */
type AtomicWrite = (path: string, bytes: Uint8Array) => Promise<void>;

/** Evidence as files named by their digest below this folder. */
export function openEvidence(folder: string, write: AtomicWrite): Evidence {
  const pathOf = (digest: Digest): string => {
    const hex = digest.slice("sha256:".length);
    return join(folder, "sha256", hex.slice(0, 2), hex);
  };
  return {
    async put(bytes) {
      const digest = digestOf(bytes);
      const path = pathOf(digest);
      const known = await stat(path).catch(() => undefined);
      if (known?.size === bytes.length) return digest;
      await write(path, bytes);
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
  };
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
  };
}
