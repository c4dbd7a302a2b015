import type { EpochSeconds } from "../core/base/clock.ts";
import type { Digest } from "../core/base/digest.ts";
import { Annotation } from "../core/oci/annotation.ts";
import type { Descriptor, Manifest } from "../core/oci/manifest.ts";
import type { ImageRef } from "../core/oci/reference.ts";
import type { Registry, StoredManifest } from "../edge/registry/port.ts";

/** What a build must know of an image that is in a registry. */
export interface ImageFacts {
  readonly digest: Digest;
  /** By platform (`linux/amd64`); one entry, keyed by the empty string, where the image is a plain manifest. */
  readonly layers: ReadonlyMap<string, readonly Descriptor[]>;
  /** Of the `created` annotation; undefined where there is none. */
  readonly epoch: EpochSeconds | undefined;
  /** Compressed: all layers and configs, each once. */
  readonly bytes: number;
}

/** Reads manifests only, no layers. Undefined where the reference does not resolve. */
export async function readImageFacts(
  registry: Registry,
  ref: ImageRef,
  signal?: AbortSignal,
): Promise<ImageFacts | undefined> {
  const options = signal === undefined ? {} : { signal };
  const top = await registry.readManifest(ref, options);
  if (top === undefined) return undefined;
  const manifests = new Map<string, Manifest>();
  if (top.content.kind === "manifest") manifests.set("", top.content.manifest);
  else {
    for (const child of top.content.index.manifests) {
      const platform = platformOf(child);
      if (platform === undefined) continue;
      const read = await registry.readManifest({ ...plain(ref), digest: child.digest }, options);
      if (read?.content.kind === "manifest") manifests.set(platform, read.content.manifest);
    }
  }
  return {
    digest: top.descriptor.digest,
    layers: new Map([...manifests].map(([platform, manifest]) => [platform, manifest.layers])),
    epoch: epochOf(top, [...manifests.values()]),
    bytes: bytesOf([...manifests.values()]),
  };
}

/** Attestations stand in an index as `unknown/unknown`; they are no image. */
function platformOf({ platform }: Descriptor): string | undefined {
  if (platform === undefined || platform.os === "unknown") return undefined;
  return [
    platform.os,
    platform.architecture,
    ...(platform.variant === undefined ? [] : [platform.variant]),
  ].join("/");
}

function plain({ host, repository }: ImageRef): ImageRef {
  return { host, repository };
}

function epochOf(top: StoredManifest, manifests: readonly Manifest[]): EpochSeconds | undefined {
  const own = top.content.kind === "index" ? top.content.index.annotations : undefined;
  const texts = [own, ...manifests.map((manifest) => manifest.annotations)].flatMap(
    (each) => each?.[Annotation.created] ?? [],
  );
  const times = texts.map((text) => Date.parse(text) / 1000).filter(Number.isFinite);
  return times.length === 0 ? undefined : Math.max(...times.map(Math.floor));
}

function bytesOf(manifests: readonly Manifest[]): number {
  const blobs = new Map(
    manifests.flatMap((manifest) =>
      [manifest.config, ...manifest.layers].map((blob) => [blob.digest, blob.size]),
    ),
  );
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
}

/**
 * The first layer of the child that is not its base's, in words; undefined where the base's layers are an exact prefix
 * on every platform. An engine that holds a layer in another compression exports that one instead (decision 5).
 */
export function prefixMismatch(base: ImageFacts, child: ImageFacts): string | undefined {
  for (const [platform, layers] of child.layers) {
    const under =
      base.layers.get(platform) ?? (base.layers.size === 1 ? [...base.layers.values()][0] : undefined);
    if (under === undefined) return `the base has no manifest for ${platform}`;
    const at = under.findIndex((layer, index) => layers[index]?.digest !== layer.digest);
    if (at >= 0)
      return `layer ${at + 1} is ${layers[at]?.digest ?? "missing"}, the base's is ${under[at]?.digest}`;
  }
  return undefined;
}
