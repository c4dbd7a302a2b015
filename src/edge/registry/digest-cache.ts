import { type Digest, digestOf } from "../../core/base/digest.ts";

/**
 * Small contents (manifests, configs) by their digest. They never change, so nothing in it is ever stale; what `get`
 * gives has been hashed again, and a damaged entry is like one that is not there.
 */
export interface DigestCache {
  get(digest: Digest): Promise<Uint8Array | undefined>;
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /**
   * Was this tag (`host/repository:tag`) read before? Then a HEAD will most likely name a digest that is here; a new
   * tag is read at once. Only a guess, which saves requests.
   */
  hasSeen(tag: string): boolean;
  see(tag: string): void;
  /** Writes which tags were seen. A cache that cannot be written is no error. */
  save(): Promise<void>;
}

export function createMemoryDigestCache(): DigestCache {
  const contents = new Map<Digest, Uint8Array>();
  const seen = new Set<string>();
  return {
    get: async (digest) => {
      const bytes = contents.get(digest);
      return bytes !== undefined && digestOf(bytes) === digest ? bytes : undefined;
    },
    put: async (digest, bytes) => void contents.set(digest, bytes),
    hasSeen: (tag) => seen.has(tag),
    see: (tag) => void seen.add(tag),
    save: async () => {},
  };
}
