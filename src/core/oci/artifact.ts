import { digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import type { Descriptor, Manifest } from "./manifest.ts";
import { MediaType } from "./media-type.ts";

export interface Blob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface Artifact {
  readonly manifest: Uint8Array;
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  /** To be pushed before the manifest. */
  readonly blobs: readonly Blob[];
}

/** One document as an OCI artifact (image specification 1.1, "Guidelines for artifact usage"): equal contents, equal bytes. */
export function ociArtifact({
  type,
  content,
  subject,
  annotations,
}: {
  /** Media type of the content and of the artifact. */
  readonly type: string;
  readonly content: Uint8Array;
  /** The manifest that it is about. */
  readonly subject?: Descriptor;
  readonly annotations: Readonly<Record<string, string>>;
}): Artifact {
  const encoder = new TextEncoder();
  const layer = blobOf(content, type);
  const config = blobOf(encoder.encode("{}"), MediaType.ociEmpty);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    artifactType: type,
    config: config.descriptor,
    layers: [layer.descriptor],
    ...(subject === undefined ? {} : { subject }),
    annotations,
  };
  const { bytes, descriptor } = blobOf(
    // A manifest is JSON by its members; interfaces have no index signature.
    encoder.encode(canonicalJson(manifest as unknown as Json)),
    MediaType.ociManifest,
  );
  return { manifest: bytes, descriptor: { ...descriptor, artifactType: type }, blobs: [config, layer] };
}

export function blobOf(bytes: Uint8Array, mediaType: string): Blob {
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
