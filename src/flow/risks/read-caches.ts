import { LapstrakeError } from "../../core/base/error.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import { MANIFEST_TYPES } from "../../core/oci/media-type.ts";
import { formatImageRef, type ImageRef } from "../../core/oci/reference.ts";
import type { CacheReading } from "../../core/policy/risks/cache-quota.ts";
import type { Registry } from "../../edge/registry/port.ts";
import { cacheRefOf } from "../cache-options.ts";
import type { Fleet } from "../load-fleet.ts";
import type { World } from "../world.ts";

/** The build cache of every image: its bytes, where a blob that several share counts once. */
export async function readCaches(world: World, fleet: Fleet): Promise<readonly CacheReading[]> {
  const names = [...fleet.graph.nodes.keys()];
  const { host } = fleet.place;
  if (host === undefined) {
    const why = "the blueprint's registry is `local`, and no engine was set up here";
    return names.map((ref) => ({ ref, why }));
  }
  const { insecure, mirrors } = fleet.blueprint.build;
  const registry = world.registry({ insecure, mirrors });
  const read = await Promise.all(
    names.map(async (name) => {
      const ref = cacheRefOf(fleet, host, name);
      return { ref: formatImageRef(ref), blobs: await blobsOf(registry, ref, world.kill) };
    }),
  );
  const counted = new Set<string>();
  return read.map(({ ref, blobs }) => {
    if (typeof blobs === "string") return { ref, why: blobs };
    const own = blobs.filter(({ digest }) => !counted.has(digest));
    for (const { digest } of own) counted.add(digest);
    const unique = new Map(own.map(({ digest, size }) => [digest, size]));
    return { ref, bytes: [...unique.values()].reduce((sum, size) => sum + size, 0) };
  });
}

/** What a cache reference leads to, or why that is not known. BuildKit writes an image manifest or, before, an index of blobs. */
async function blobsOf(
  registry: Registry,
  ref: ImageRef,
  signal: AbortSignal,
): Promise<readonly Descriptor[] | string> {
  try {
    const stored = await registry.readManifest(ref, { signal });
    if (stored === undefined) return [];
    const { content } = stored;
    if (content.kind === "manifest") return [content.manifest.config, ...content.manifest.layers];
    const nested = await Promise.all(
      content.index.manifests
        .filter(({ mediaType }) => MANIFEST_TYPES.includes(mediaType))
        .map(({ digest }) => registry.readManifest({ ...withoutTag(ref), digest }, { signal })),
    );
    return [
      ...content.index.manifests,
      ...nested.flatMap((each) =>
        each?.content.kind === "manifest"
          ? [each.content.manifest.config, ...each.content.manifest.layers]
          : [],
      ),
    ];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LapstrakeError)) throw error;
    return error.message;
  }
}

function withoutTag({ host, repository }: ImageRef): ImageRef {
  return { host, repository };
}
