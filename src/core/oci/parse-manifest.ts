import { parseDigest } from "../base/digest.ts";
import type { Descriptor, ImageIndex, Manifest, Platform } from "./manifest.ts";
import { isIndexType, MANIFEST_TYPES, MediaType } from "./media-type.ts";
import {
  asList,
  asObject,
  asOptionalText,
  asText,
  asTextMap,
  fault,
  type JsonObject,
  parseJsonObject,
  type Reading,
} from "./parse-json.ts";

/** The least that the distribution specification lets a client expect, and the most that we read. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

export type ManifestContent =
  | { readonly kind: "manifest"; readonly manifest: Manifest }
  | { readonly kind: "index"; readonly index: ImageIndex };

const READING: Reading = { code: "OCI_MANIFEST", what: "manifest" };

/**
 * Reads the bytes of a manifest or an index. `declaredType` is what the transport (Content-Type) or a parent descriptor
 * said; a body that says otherwise is refused, and so is one that is both kinds at once (CVE-2021-41190: two readers
 * must never see two different images in one digest). Throws OciError OCI_MANIFEST.
 */
export function parseManifest(bytes: Uint8Array, declaredType?: string): ManifestContent {
  const value = parseJsonObject(bytes, MAX_MANIFEST_BYTES, READING);
  if (value["schemaVersion"] !== 2) throw fault(READING, "schemaVersion", "must be 2");
  const mediaType = mediaTypeOf(value, declaredType);
  return isIndexType(mediaType)
    ? { kind: "index", index: readIndex(value, mediaType) }
    : { kind: "manifest", manifest: readManifest(value, mediaType) };
}

function mediaTypeOf(value: JsonObject, declaredType: string | undefined): string {
  const own = asOptionalText(value["mediaType"], READING, "mediaType");
  const known = declaredType !== undefined && MANIFEST_TYPES.includes(declaredType);
  if (own !== undefined && known && own !== declaredType) {
    throw fault(READING, "mediaType", `says ${own}, but it was served as ${declaredType}`);
  }
  // mediaType is only a SHOULD in the specification: without one, the form decides.
  const guessed = "manifests" in value ? MediaType.ociIndex : MediaType.ociManifest;
  const mediaType = own ?? (known ? declaredType : guessed);
  if (!MANIFEST_TYPES.includes(mediaType)) {
    throw fault(READING, "mediaType", `is ${mediaType}, which is no image manifest or index`);
  }
  return mediaType;
}

function readIndex(value: JsonObject, mediaType: string): ImageIndex {
  if ("config" in value || "layers" in value) {
    throw fault(READING, "", "is an index with the members of a manifest");
  }
  const manifests = asList(value["manifests"], READING, "manifests");
  return {
    schemaVersion: 2,
    mediaType,
    manifests: manifests.map((entry, index) => readDescriptor(entry, READING, `manifests[${index}]`)),
    ...common(value),
  };
}

function readManifest(value: JsonObject, mediaType: string): Manifest {
  if ("manifests" in value) throw fault(READING, "", "is a manifest with the members of an index");
  return {
    schemaVersion: 2,
    mediaType,
    ...withArtifactType(value),
    config: readDescriptor(value["config"], READING, "config"),
    layers: asList(value["layers"], READING, "layers").map((entry, index) =>
      readDescriptor(entry, READING, `layers[${index}]`),
    ),
    ...common(value),
  };
}

function withArtifactType(value: JsonObject): { artifactType?: string } {
  const artifactType = asOptionalText(value["artifactType"], READING, "artifactType");
  return artifactType === undefined || artifactType === "" ? {} : { artifactType };
}

function common(value: JsonObject): Pick<Manifest, "subject" | "annotations"> {
  const subject = value["subject"];
  const annotations = asTextMap(value["annotations"], READING, "annotations");
  return {
    ...(subject === undefined || subject === null
      ? {}
      : { subject: readDescriptor(subject, READING, "subject") }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** A content descriptor from outside. Sizes must be whole bytes; only sha256 digests are accepted. */
export function readDescriptor(value: unknown, reading: Reading, path: string): Descriptor {
  const entry = asObject(value, reading, path);
  const digest = parseDigest(asText(entry["digest"], reading, `${path}.digest`));
  if (digest === undefined) throw fault(reading, `${path}.digest`, "must be sha256: and 64 hex digits");
  const size = entry["size"];
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw fault(reading, `${path}.size`, "must be a whole number of bytes");
  }
  const artifactType = asOptionalText(entry["artifactType"], reading, `${path}.artifactType`);
  const annotations = asTextMap(entry["annotations"], reading, `${path}.annotations`);
  const platform = readPlatform(entry["platform"], reading, `${path}.platform`);
  return {
    mediaType: asText(entry["mediaType"], reading, `${path}.mediaType`),
    digest,
    size,
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function readPlatform(value: unknown, reading: Reading, path: string): Platform | undefined {
  if (value === undefined || value === null) return undefined;
  const entry = asObject(value, reading, path);
  const variant = asOptionalText(entry["variant"], reading, `${path}.variant`);
  return {
    os: asText(entry["os"], reading, `${path}.os`),
    architecture: asText(entry["architecture"], reading, `${path}.architecture`),
    ...(variant === undefined || variant === "" ? {} : { variant }),
  };
}
