import { collectBytes } from "../../../core/base/collect-bytes.ts";
import type { Descriptor, ImageConfig, Manifest, Platform } from "../../../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../../../core/oci/parse-config.ts";
import { formatPlatform, matchesPlatform } from "../../../core/oci/parse-platform.ts";
import { formatImageRef, type ImageRef } from "../../../core/oci/reference.ts";
import { RegistryError } from "../error.ts";
import type { CallOptions, Registry } from "../port.ts";
import { layersOf } from "./layers-of.ts";
import type { ImageSource } from "./port.ts";
import { readStored } from "./read-stored.ts";
import { unknownImage } from "./unknown-image.ts";

/** An image of a registry, or of whatever else is behind its port. */
export function createRegistryImage(registry: Registry, ref: ImageRef): ImageSource {
  const name = formatImageRef(ref);
  return {
    name,
    async read(ask) {
      const { platform, signal } = ask;
      const options = signal === undefined ? {} : { signal };
      const { manifest, descriptor } = await readManifest(registry, ref, { platform, options });
      const config = await readConfig(registry, ref, { blob: manifest.config, options });
      const layers = layersOf(name, config, manifest.layers, (blob) => ({
        name: blob.digest,
        size: blob.size,
        open: (call) => registry.readBlob(ref, blob, call),
      }));
      return {
        digest: descriptor.digest,
        config,
        layers: await readStored(layers, ask),
        blobs: manifest.layers,
      };
    },
  };
}

interface Found {
  readonly manifest: Manifest;
  readonly descriptor: Descriptor;
}

async function readManifest(
  registry: Registry,
  ref: ImageRef,
  { platform, options }: { readonly platform: Platform; readonly options: CallOptions },
): Promise<Found> {
  const name = formatImageRef(ref);
  const top = await registry.readManifest(ref, options);
  if (top === undefined) throw unknownImage(`there is no ${name}`);
  if (top.content.kind === "manifest") return { manifest: top.content.manifest, descriptor: top.descriptor };
  const entry = top.content.index.manifests.find((each) => matchesPlatform(each, platform));
  if (entry === undefined) throw unknownImage(`${name} has nothing for ${formatPlatform(platform)}`);
  const { host, repository } = ref;
  const child = await registry.readManifest({ host, repository, digest: entry.digest }, options);
  if (child?.content.kind !== "manifest")
    throw unknownImage(`the image of ${name} for ${formatPlatform(platform)} is not there`);
  return { manifest: child.content.manifest, descriptor: child.descriptor };
}

async function readConfig(
  registry: Registry,
  ref: ImageRef,
  { blob, options }: { readonly blob: Descriptor; readonly options: CallOptions },
): Promise<ImageConfig> {
  if (blob.size > MAX_CONFIG_BYTES)
    throw new RegistryError(
      "REGISTRY_TOO_LARGE",
      `${formatImageRef(ref)} has a config of ${blob.size} bytes`,
    );
  return parseImageConfig(await collectBytes(registry.readBlob(ref, blob, options)));
}
