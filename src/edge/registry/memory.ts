import { type Digest, digestOf } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import { RegistryError } from "./error.ts";
import { createVerifier } from "./http/verify.ts";
import type { BlobSource, Registry, Repository, StoredManifest } from "./port.ts";

export interface MemoryRegistry extends Registry {
  /** What was asked, in order: "HEAD host/repository:tag". For tests that count. */
  readonly calls: readonly string[];
  /** Forgets a tag, as a registry does whose operator deleted it. */
  dropTag(at: Repository, tag: string): void;
}

interface Store {
  readonly manifests: Map<Digest, StoredManifest>;
  readonly blobs: Map<Digest, Uint8Array>;
  readonly tags: Map<string, Digest>;
}

/** The same port without a network: every host exists and is empty at first. For tests, and for runs that only pretend. */
export function createMemoryRegistry(): MemoryRegistry {
  const stores = new Map<string, Store>();
  const calls: string[] = [];
  const at = ({ host, repository }: Repository): Store => {
    const key = `${host}/${repository}`;
    const store = stores.get(key) ?? { manifests: new Map(), blobs: new Map(), tags: new Map() };
    stores.set(key, store);
    return store;
  };
  const find = (ref: Repository & { tag?: string; digest?: Digest }): StoredManifest | undefined => {
    const store = at(ref);
    const digest = ref.digest ?? store.tags.get(ref.tag ?? "");
    return digest === undefined ? undefined : store.manifests.get(digest);
  };
  const note = (verb: string, where: Repository & { tag?: string; digest?: Digest }): void => {
    const name = where.digest === undefined ? `:${where.tag ?? ""}` : `@${where.digest}`;
    calls.push(`${verb} ${where.host}/${where.repository}${name}`);
  };
  return {
    calls,
    dropTag: (where, tag) => void at(where).tags.delete(tag),
    ping: (_host, { signal } = {}) => settle(signal, () => undefined),
    resolve: (ref, { signal } = {}) =>
      settle(signal, () => {
        note("HEAD", ref);
        return find(ref)?.descriptor;
      }),
    readManifest: (ref, { signal } = {}) =>
      settle(signal, () => {
        note("GET", ref);
        return find(ref);
      }),
    putManifest: (ref, bytes, mediaType, { signal } = {}) =>
      settle(signal, () => {
        note("PUT", ref);
        const stored = keep(at(ref), bytes, mediaType);
        if (ref.tag !== undefined) at(ref).tags.set(ref.tag, stored.digest);
        return stored;
      }),
    readBlob: (where, blob, { signal } = {}) => readStored(at(where), blob, signal),
    putBlob: async (where, blob, { signal, from } = {}) => {
      signal?.throwIfAborted();
      if (at(where).blobs.has(blob.digest)) return;
      const mounted =
        from === undefined ? undefined : at({ ...where, repository: from }).blobs.get(blob.digest);
      if (mounted !== undefined) {
        at(where).blobs.set(blob.digest, mounted);
        return;
      }
      note("PUT", { ...where, digest: blob.digest });
      at(where).blobs.set(blob.digest, await collect(blob));
    },
    listTags: (where, { signal } = {}) => settle(signal, () => [...at(where).tags.keys()]),
  };
}

function settle<T>(signal: AbortSignal | undefined, act: () => T): Promise<T> {
  return new Promise((resolve) => {
    signal?.throwIfAborted();
    resolve(act());
  });
}

function keep(store: Store, bytes: Uint8Array, mediaType: string): Descriptor {
  const content = parseManifest(bytes, mediaType);
  const missing = content.kind === "manifest" ? missingBlob(store, content.manifest) : undefined;
  if (missing !== undefined) {
    // As Distribution does: a manifest may not point at what was never pushed.
    throw new RegistryError("REGISTRY_REFUSED", `MANIFEST_BLOB_UNKNOWN: ${missing} was not pushed`);
  }
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
  store.manifests.set(descriptor.digest, { descriptor, bytes: bytes.slice(), content });
  return descriptor;
}

function missingBlob(
  store: Store,
  manifest: { readonly config: Descriptor; readonly layers: readonly Descriptor[] },
): Digest | undefined {
  return [manifest.config, ...manifest.layers]
    .map((each) => each.digest)
    .find((digest) => !store.blobs.has(digest));
}

async function* readStored(
  store: Store,
  blob: Descriptor,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const bytes = await Promise.resolve(store.blobs.get(blob.digest));
  if (bytes === undefined) throw new RegistryError("BLOB_UNKNOWN", `there is no blob ${blob.digest}`);
  const verifier = createVerifier(blob, "the registry in memory");
  verifier.add(bytes);
  verifier.finish();
  yield bytes;
}

async function collect(blob: BlobSource): Promise<Uint8Array> {
  const verifier = createVerifier(blob, "the source of the upload");
  const parts: Uint8Array[] = [];
  for await (const part of blob.open()) {
    verifier.add(part);
    parts.push(part);
  }
  verifier.finish();
  return Buffer.concat(parts);
}
