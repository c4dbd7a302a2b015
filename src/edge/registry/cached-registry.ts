import { collectBytes } from "../../core/base/collect-bytes.ts";
import { type Digest, digestOf } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES } from "../../core/oci/parse-config.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import type { ImageRef } from "../../core/oci/reference.ts";
import type { DigestCache } from "./digest-cache.ts";
import type { CallOptions, Registry, Repository, StoredManifest } from "./port.ts";

/**
 * The same registry for one look at it: a tag is asked about once, however often it is wanted, and contents that were
 * read before come from the cache. A second look sends HEADs only. That a content is in the cache says nothing about
 * whether the registry still has it: `resolve` does.
 */
export function cachedRegistry<R extends Registry>(registry: R, cache: DigestCache): R {
  // What is asked for twice at once (a release's tag and the content's) is asked once.
  const asked = new Map<string, Promise<StoredManifest | undefined>>();
  const listed = new Map<string, Promise<readonly string[]>>();
  const blobs = new Map<Digest, Promise<Uint8Array>>();
  const readManifest = (ref: ImageRef, options?: CallOptions): Promise<StoredManifest | undefined> =>
    once(asked, `${ref.host}/${ref.repository}@${ref.digest ?? ref.tag}`, () =>
      ref.digest === undefined ? readTag(ref, options) : readDigest({ ...ref, digest: ref.digest }, options),
    );
  const readTag = async (ref: ImageRef, options?: CallOptions): Promise<StoredManifest | undefined> => {
    const { host, repository, tag } = ref;
    const name = `${host}/${repository}:${tag}`;
    if (cache.hasSeen(name)) {
      const descriptor = await registry.resolve(ref, options);
      return descriptor && readManifest({ host, repository, digest: descriptor.digest }, options);
    }
    const stored = await registry.readManifest(ref, options);
    if (stored === undefined) return undefined;
    cache.see(name);
    await cache.put(stored.descriptor.digest, stored.bytes);
    return stored;
  };
  const readDigest = async (ref: ImageRef & { readonly digest: Digest }, options?: CallOptions) => {
    const known = await cache.get(ref.digest);
    if (known !== undefined) return storedOf(known);
    const stored = await registry.readManifest(ref, options);
    if (stored !== undefined) await cache.put(ref.digest, stored.bytes);
    return stored;
  };
  const readSmall = async (at: Repository, blob: Descriptor, options?: CallOptions): Promise<Uint8Array> => {
    const known = await cache.get(blob.digest);
    if (known !== undefined) return known;
    const bytes = await collectBytes(registry.readBlob(at, blob, options));
    await cache.put(blob.digest, bytes);
    return bytes;
  };
  return {
    ...registry,
    readManifest,
    listTags: (at, options) =>
      once(listed, `${at.host}/${at.repository}`, () => registry.listTags(at, options)),
    async *readBlob(at, blob, options) {
      if (blob.size > MAX_CONFIG_BYTES) yield* registry.readBlob(at, blob, options);
      else yield await once(blobs, blob.digest, () => readSmall(at, blob, options));
    },
  };
}

function once<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  ask: () => Promise<Value>,
): Promise<Value> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

/** What is in the cache was understood when it came from a registry; its digest was checked again. */
function storedOf(bytes: Uint8Array): StoredManifest {
  const content = parseManifest(bytes);
  const { mediaType } = content.kind === "index" ? content.index : content.manifest;
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength }, bytes, content };
}
