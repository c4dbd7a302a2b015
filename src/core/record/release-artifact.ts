import { digestOf } from "../base/digest.ts";
import { canonicalJson, type Json } from "../base/json.ts";
import { Annotation } from "../oci/annotation.ts";
import type { Descriptor, Manifest } from "../oci/manifest.ts";
import { MediaType } from "../oci/media-type.ts";
import { RecordError } from "./error.ts";
import { Fields, parseObject } from "./fields.ts";
import { checkReleaseContent, type ReleaseBody } from "./kinds.ts";

export const RELEASE_TYPE = "application/vnd.lapstrake.release.v1+json";

/** A release as other machines learn of it, by the artifact `<namespace>/releases:<TAG>`. */
export interface ReleaseRecord extends Omit<ReleaseBody, "artifact"> {
  readonly version: 1;
  readonly fleet: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export interface ReleaseArtifact {
  readonly manifest: Uint8Array;
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  /** To be pushed before the manifest. */
  readonly blobs: readonly { readonly descriptor: Descriptor; readonly bytes: Uint8Array }[];
}

/** The record as an OCI artifact (image specification 1.1, "Guidelines for artifact usage"): equal records, equal bytes. */
export function releaseArtifact(record: ReleaseRecord): ReleaseArtifact {
  const encoder = new TextEncoder();
  // The record is JSON by its members; interfaces have no index signature.
  const layer = blobOf(encoder.encode(canonicalJson(record as unknown as Json)), RELEASE_TYPE);
  const config = blobOf(encoder.encode("{}"), MediaType.ociEmpty);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    artifactType: RELEASE_TYPE,
    config: config.descriptor,
    layers: [layer.descriptor],
    annotations: { [Annotation.created]: record.time },
  };
  const { bytes, descriptor } = blobOf(
    // As above.
    encoder.encode(canonicalJson(manifest as unknown as Json)),
    MediaType.ociManifest,
  );
  return {
    manifest: bytes,
    descriptor: { ...descriptor, artifactType: RELEASE_TYPE },
    blobs: [config, layer],
  };
}

/** The record out of the artifact's layer. Throws RecordError RECORD_JSON, RECORD_SHAPE, RECORD_VERSION. */
export function parseReleaseRecord(text: string): ReleaseRecord {
  const object = parseObject(text);
  const fields = new Fields(object, "release");
  if (fields.get("version") !== 1) {
    throw new RecordError("RECORD_VERSION", "expected a release record of version 1");
  }
  fields.text("fleet");
  fields.text("time");
  checkReleaseContent(fields);
  // All members were just checked.
  return object as unknown as ReleaseRecord;
}

function blobOf(bytes: Uint8Array, mediaType: string): { descriptor: Descriptor; bytes: Uint8Array } {
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
