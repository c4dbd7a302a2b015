import type { EpochSeconds } from "../core/base/clock.ts";
import type { Digest } from "../core/base/digest.ts";
import { Annotation } from "../core/oci/annotation.ts";
import type { Descriptor, Manifest, Platform } from "../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES } from "../core/oci/parse-config.ts";
import { formatPlatform, matchesPlatform, parsePlatform } from "../core/oci/parse-platform.ts";
import type { ImageRef } from "../core/oci/reference.ts";
import type { Registry, Repository, StoredManifest } from "../edge/registry/port.ts";
import { readConfig } from "./read-config.ts";

/** What a build must know of an image that is in a registry. */
export interface ImageFacts {
  readonly digest: Digest;
  /** The manifest, or the index of several platforms, as it lies in the registry. */
  readonly manifest: StoredManifest;
  /** One for each platform of an index; one without an entry where the image is a plain manifest. */
  readonly parts: readonly ImagePart[];
  /** Of the `created` annotation; undefined where there is none. */
  readonly epoch: EpochSeconds | undefined;
  /** Compressed: all layers and configs, each once. */
  readonly bytes: number;
}

export interface ImagePart {
  /** Of the index. */
  readonly entry: Descriptor | undefined;
  readonly manifest: Manifest;
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
  const parts: ImagePart[] = [];
  if (top.content.kind === "manifest") parts.push({ entry: undefined, manifest: top.content.manifest });
  else {
    for (const entry of top.content.index.manifests.filter(isImage)) {
      const read = await registry.readManifest({ ...plain(ref), digest: entry.digest }, options);
      if (read?.content.kind === "manifest") parts.push({ entry, manifest: read.content.manifest });
    }
  }
  const manifests = parts.map(({ manifest }) => manifest);
  return {
    digest: top.descriptor.digest,
    manifest: top,
    parts,
    epoch: epochOf(top, manifests),
    bytes: bytesOf(manifests),
  };
}

/** Of an image without the annotation: the newest `created` of its configs; undefined where none says one. */
export async function readCreated(
  registry: Registry,
  at: Repository,
  { facts, signal }: { readonly facts: ImageFacts; readonly signal: AbortSignal },
): Promise<EpochSeconds | undefined> {
  const times: number[] = [];
  for (const { manifest } of facts.parts) {
    if (manifest.config.size > MAX_CONFIG_BYTES) continue;
    const { created } = await readConfig(registry, at, manifest.config, { signal });
    if (created !== undefined) times.push(Math.floor(Date.parse(created) / 1000));
  }
  const known = times.filter(Number.isFinite);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Attestations stand in an index as `unknown/unknown`; they are no image. */
function isImage({ platform }: Descriptor): boolean {
  return platform !== undefined && platform.os !== "unknown";
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
 * `platform` is what a child without an index was built for: most roots are an index of many platforms.
 */
export function prefixMismatch(
  base: ImageFacts,
  child: ImageFacts,
  platform: string | undefined,
): string | undefined {
  // Of an index whose manifests the registry does not give, nothing is proven.
  if (child.parts.length === 0) return "it has no manifest that can be compared";
  for (const part of child.parts) {
    const wanted = part.entry?.platform ?? (platform === undefined ? undefined : parsePlatform(platform));
    const under = partFor(base, wanted);
    if (under === undefined)
      return `the base has no manifest for ${wanted === undefined ? "it" : formatPlatform(wanted)}`;
    const mine = part.manifest.layers;
    const at = under.manifest.layers.findIndex((layer, index) => mine[index]?.digest !== layer.digest);
    if (at >= 0)
      return `layer ${at + 1} is ${mine[at]?.digest ?? "missing"}, the base's is ${under.manifest.layers[at]?.digest}`;
  }
  return undefined;
}

function partFor({ parts }: ImageFacts, wanted: Platform | undefined): ImagePart | undefined {
  if (wanted === undefined) return parts[0];
  return parts.find(({ entry }) => entry === undefined || matchesPlatform(entry, wanted));
}
