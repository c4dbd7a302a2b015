import { gzipSync } from "node:zlib";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import type { Registry, Repository } from "../../src/edge/registry/port.ts";
import { type TarItem, tarOf } from "./tar-writer.ts";

export interface StoredImage {
  /** The entries of each layer, the lowest first. */
  readonly layers: readonly (readonly TarItem[])[];
  /** Of the config: User, Entrypoint, Env, Labels, ... */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly history?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Changes what the config says of its layers. */
  readonly diffIds?: (diffIds: readonly Digest[]) => readonly Digest[];
  /** Changes the bytes of the compressed layers. */
  readonly blobs?: (blobs: readonly Buffer[]) => readonly Buffer[];
}

/** Pushes an image whose layers are real gzip tars; gives its digest. */
export async function pushStored(
  registry: Registry,
  at: Repository & { readonly tag?: string },
  image: StoredImage,
): Promise<Digest> {
  const tars = image.layers.map((items) => tarOf(items));
  const packed = tars.map((tar) => gzipSync(tar));
  const blobs = image.blobs?.(packed) ?? packed;
  const diffIds = tars.map((tar) => digestOf(tar));
  const config = encode({
    os: "linux",
    architecture: "amd64",
    config: image.config ?? {},
    rootfs: { type: "layers", diff_ids: image.diffIds?.(diffIds) ?? diffIds },
    history: (image.history ?? []).map((line) => ({ created_by: line })),
  });
  for (const blob of [...blobs, config]) {
    await registry.putBlob(at, { digest: digestOf(blob), size: blob.length, open: () => once(blob) });
  }
  const manifest = encode({
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length },
    layers: blobs.map((blob) => ({
      mediaType: MediaType.ociLayerGzip,
      digest: digestOf(blob),
      size: blob.length,
    })),
    annotations: image.annotations ?? {},
  });
  const { digest } = await registry.putManifest(at, manifest, MediaType.ociManifest);
  return digest;
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
