import { digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { type Artifact, blobOf } from "./artifact.ts";
import type { ImageConfig, Manifest } from "./manifest.ts";
import { MediaType } from "./media-type.ts";

export interface LayerToPack {
  /** The archive as it unpacks. */
  readonly tar: Uint8Array;
  /** The same compressed by gzip. */
  readonly blob: Uint8Array;
  readonly createdBy: string;
}

export interface ImageToPack {
  /** The lowest first. */
  readonly layers: readonly LayerToPack[];
  readonly config: ImageConfig["config"];
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly created: string;
}

/** An image for linux/amd64 as the blobs and the manifest that it is stored as: equal contents, equal bytes. */
export function packImage({ layers, config, annotations, created }: ImageToPack): Artifact {
  const encoder = new TextEncoder();
  const blobs = layers.map(({ blob }) => blobOf(blob, MediaType.ociLayerGzip));
  const about = blobOf(
    encoder.encode(
      canonicalJson({
        os: "linux",
        architecture: "amd64",
        created,
        // A config is JSON by its members; interfaces have no index signature.
        config: config as unknown as Json,
        rootfs: { type: "layers", diff_ids: layers.map(({ tar }) => digestOf(tar)) },
        history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
      }),
    ),
    MediaType.ociConfig,
  );
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: about.descriptor,
    layers: blobs.map(({ descriptor }) => descriptor),
    annotations,
  };
  // As above.
  const text = canonicalJson(manifest as unknown as Json);
  const { bytes, descriptor } = blobOf(encoder.encode(text), MediaType.ociManifest);
  return { manifest: bytes, descriptor, blobs: [about, ...blobs] };
}
