import { type Digest, digestOf } from "../../core/base/digest.ts";
import { MAX_CONFIG_BYTES } from "../../core/oci/parse-config.ts";
import { parseManifest } from "../../core/oci/parse-manifest.ts";
import type { ImageRef } from "../../core/oci/reference.ts";
import type { DigestCache } from "./digest-cache.ts";
import type { CallOptions, Registry, StoredManifest } from "./port.ts";

/**
 * The same registry for one look at it: a tag is asked about once, however often it is wanted, and contents that were
 * read before come from the cache. A second look sends HEADs only. That a content is in the cache says nothing about
 * whether the registry still has it: `resolve` does.
 */
export function cachedRegistry<R extends Registry>(registry: R, cache: DigestCache): R {
  const asked = new Map<string, Promise<StoredManifest | undefined>>();
  const listed = new Map<string, Promise<readonly string[]>>();
  return {
    ...registry,
    readManifest(ref: ImageRef, options?: CallOptions) {
      const key = `${ref.host}/${ref.repository}@${ref.digest ?? ref.tag}`;
      const known = asked.get(key) ?? readManifest(registry, cache, ref, options);
      asked.set(key, known);
      return known;
    },
    listTags(at, options) {
      const key = `${at.host}/${at.repository}`;
      const known = listed.get(key) ?? registry.listTags(at, options);
      listed.set(key, known);
      return known;
    },
    async *readBlob(at, blob, options) {
      const known = blob.size <= MAX_CONFIG_BYTES ? await cache.get(blob.digest) : undefined;
      if (known !== undefined) {
        yield known;
        return;
      }
      const parts: Uint8Array[] = [];
      for await (const part of registry.readBlob(at, blob, options)) {
        if (blob.size <= MAX_CONFIG_BYTES) parts.push(part);
        yield part;
      }
      if (blob.size <= MAX_CONFIG_BYTES) await cache.put(blob.digest, Buffer.concat(parts));
    },
  };
}

async function readManifest(
  registry: Registry,
  cache: DigestCache,
  ref: ImageRef,
  options: CallOptions | undefined,
): Promise<StoredManifest | undefined> {
  if (ref.digest !== undefined) return readDigest(registry, cache, { ...ref, digest: ref.digest }, options);
  const { host, repository, tag } = ref;
  const name = `${host}/${repository}:${tag}`;
  if (cache.hasSeen(name)) {
    const descriptor = await registry.resolve(ref, options);
    if (descriptor === undefined) return undefined;
    return readDigest(registry, cache, { host, repository, digest: descriptor.digest }, options);
  }
  const stored = await registry.readManifest(ref, options);
  if (stored === undefined) return undefined;
  cache.see(name);
  await cache.put(stored.descriptor.digest, stored.bytes);
  return stored;
}

async function readDigest(
  registry: Registry,
  cache: DigestCache,
  ref: ImageRef & { readonly digest: Digest },
  options: CallOptions | undefined,
): Promise<StoredManifest | undefined> {
  const known = await cache.get(ref.digest);
  if (known !== undefined) return storedOf(known);
  const stored = await registry.readManifest(ref, options);
  if (stored !== undefined) await cache.put(ref.digest, stored.bytes);
  return stored;
}

/** What is in the cache was understood when it came from a registry; its digest was checked again. */
function storedOf(bytes: Uint8Array): StoredManifest {
  const content = parseManifest(bytes);
  const { mediaType } = content.kind === "index" ? content.index : content.manifest;
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength }, bytes, content };
}
