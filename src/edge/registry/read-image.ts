import { OciError } from "../../core/oci/error.ts";
import type { Descriptor, ImageConfig, Manifest, Platform } from "../../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../../core/oci/parse-config.ts";
import { formatPlatform, matchesPlatform } from "../../core/oci/parse-platform.ts";
import { formatImageRef, type ImageRef } from "../../core/oci/reference.ts";
import { RegistryError } from "./error.ts";
import type { CallOptions, Registry, Repository, StoredManifest } from "./port.ts";

// Indexes may nest (image-spec), to no stated depth; nobody sane goes beyond two.
const MAX_DEPTH = 4;

export interface PlatformManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/**
 * The image manifest that a reference means on a platform: the index's entry for it, or the manifest itself where the
 * reference is no index (then its platform is only known to its config). Undefined where the reference is not there;
 * RegistryError PLATFORM_UNKNOWN where the index has no such entry, MANIFEST_UNKNOWN where it has and its child is gone.
 */
export async function readPlatformManifest(
  registry: Registry,
  ref: ImageRef,
  platform: Platform,
  options: CallOptions = {},
): Promise<PlatformManifest | undefined> {
  let stored = await registry.readManifest(ref, options);
  if (stored === undefined) return undefined;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const { content } = stored;
    if (content.kind === "manifest") {
      return { descriptor: stored.descriptor, bytes: stored.bytes, manifest: content.manifest };
    }
    const wanted: Descriptor | undefined = content.index.manifests.find((entry) =>
      matchesPlatform(entry, platform),
    );
    if (wanted === undefined) {
      throw new RegistryError(
        "PLATFORM_UNKNOWN",
        `${formatImageRef(ref)} has nothing for ${formatPlatform(platform)}`,
        {
          details: {
            platforms: content.index.manifests.flatMap((e) =>
              e.platform ? [formatPlatform(e.platform)] : [],
            ),
          },
        },
      );
    }
    stored = await readChild(registry, ref, wanted, options);
  }
  throw new RegistryError(
    "REGISTRY_PROTOCOL",
    `${formatImageRef(ref)} nests indexes more than ${MAX_DEPTH} deep`,
  );
}

async function readChild(
  registry: Registry,
  { host, repository }: Repository,
  wanted: Descriptor,
  options: CallOptions,
): Promise<StoredManifest> {
  const child = await registry.readManifest({ host, repository, digest: wanted.digest }, options);
  if (child === undefined) {
    throw new RegistryError(
      "MANIFEST_UNKNOWN",
      `${host}/${repository}@${wanted.digest} is in an index, but gone`,
    );
  }
  if (child.descriptor.size !== wanted.size || child.descriptor.mediaType !== wanted.mediaType) {
    throw new RegistryError(
      "REGISTRY_SIZE_MISMATCH",
      `${host}/${repository}@${wanted.digest} is not of the size and type that its index says`,
    );
  }
  return child;
}

/** The image configuration behind a manifest's `config`. Throws RegistryError, or OciError OCI_CONFIG. */
export async function readConfig(
  registry: Registry,
  at: Repository,
  config: Descriptor,
  options: CallOptions = {},
): Promise<ImageConfig> {
  if (config.size > MAX_CONFIG_BYTES) {
    throw new OciError(
      "OCI_CONFIG",
      `the config ${config.digest} has ${config.size} bytes, which is no image config`,
    );
  }
  return parseImageConfig(await readSmallBlob(registry, at, config, options));
}

/** A whole blob in memory, for those that are known to be small. */
export async function readSmallBlob(
  registry: Registry,
  at: Repository,
  blob: Descriptor,
  options: CallOptions = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of registry.readBlob(at, blob, options)) parts.push(part);
  return Buffer.concat(parts);
}
