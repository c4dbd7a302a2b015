import type { Digest } from "../../core/base/digest.ts";
import type { Descriptor, ImageConfig, Manifest } from "../../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../../core/oci/parse-config.ts";
import { matchesPlatform, parsePlatform } from "../../core/oci/parse-platform.ts";
import type { LayerReader, StoredLayer } from "../../edge/registry/layers/port.ts";
import type { CallOptions, Registry, Repository } from "../../edge/registry/port.ts";

/** Where an image is read from. */
export interface ImageSource {
  readonly registry: Registry;
  readonly layers: LayerReader;
  readonly at: Repository;
  readonly options: CallOptions;
}

/** An image of one platform as a registry has it, without its layers. */
export interface StoredImage {
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
  readonly config: ImageConfig;
}

/** The image of the platform, or in words why there is none. Throws RegistryError. */
export async function readStored(
  source: ImageSource,
  digest: Digest,
  platform: string,
): Promise<StoredImage | string> {
  const found = await readManifest(source, digest, platform);
  if (typeof found === "string") return found;
  if (found.manifest.config.size > MAX_CONFIG_BYTES) return "its config is larger than any";
  return { ...found, config: parseImageConfig(await readBlob(source, found.manifest.config)) };
}

/** Its layers as the reader of layers takes them, the lowest first. */
export function layersIn(
  { registry, at }: ImageSource,
  { manifest, config }: Pick<StoredImage, "manifest" | "config">,
): readonly StoredLayer[] {
  return manifest.layers.flatMap((blob, index) => {
    const diffId = config.rootfs.diffIds[index];
    const { digest: name, size } = blob;
    return diffId === undefined
      ? []
      : [{ name, size, diffId, open: (call) => registry.readBlob(at, blob, call) }];
  });
}

interface Found {
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
}

/** The image of the platform, or in words why there is none. */
async function readManifest(source: ImageSource, digest: Digest, platform: string): Promise<Found | string> {
  const { registry, at, options } = source;
  const top = await registry.readManifest({ ...at, digest }, options);
  if (top === undefined) return "it is not in the registry any more";
  if (top.content.kind === "manifest") return { manifest: top.content.manifest, descriptor: top.descriptor };
  const wanted = parsePlatform(platform);
  const entry = top.content.index.manifests.find((each) => matchesPlatform(each, wanted));
  if (entry === undefined) return `it has nothing for ${platform}`;
  const child = await registry.readManifest({ ...at, digest: entry.digest }, options);
  if (child?.content.kind !== "manifest") return `its image for ${platform} is not in the registry any more`;
  return { manifest: child.content.manifest, descriptor: child.descriptor };
}

async function readBlob({ registry, at, options }: ImageSource, blob: Descriptor): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of registry.readBlob(at, blob, options)) parts.push(part);
  return Buffer.concat(parts);
}
