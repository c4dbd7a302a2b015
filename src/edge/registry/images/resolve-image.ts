import { AuditError } from "../../../core/audit/error.ts";
import { plainPath } from "../../../core/audit/image/path.ts";
import { collectBytes } from "../../../core/base/collect-bytes.ts";
import { type Digest, digestOf, parseDigest, shortDigest } from "../../../core/base/digest.ts";
import type { Descriptor, ImageConfig, Manifest, Platform } from "../../../core/oci/manifest.ts";
import { MediaType } from "../../../core/oci/media-type.ts";
import { type ArchivedImage, parseArchiveManifest } from "../../../core/oci/parse-archive.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../../../core/oci/parse-config.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../../core/oci/parse-manifest.ts";
import { formatPlatform, matchesPlatform } from "../../../core/oci/parse-platform.ts";
import { formatImageRef, parseImageRef } from "../../../core/oci/reference.ts";
import { digestMismatch } from "../http/verify.ts";
import type { CallOptions } from "../port.ts";
import type { FileStore } from "./file-store.ts";
import { unknownImage } from "./unknown-image.ts";

/** Which image of a store is meant. */
export interface WantedImage {
  /** Of the store, for messages. */
  readonly name: string;
  /** `NAME:TAG` or a digest; undefined where there is only one. */
  readonly image: string | undefined;
  readonly platform: Platform;
}

export interface ResolvedImage {
  readonly digest: Digest | undefined;
  readonly config: ImageConfig;
  /** The lowest first. */
  readonly layers: readonly ResolvedLayer[];
}

export interface ResolvedLayer {
  readonly path: string;
  /** Undefined in archives of older engines, whose layers have no digest but their diffID. */
  readonly blob: Descriptor | undefined;
}

/** What its layers are stored as; undefined where one of them has no digest. */
export function blobsOf({ layers }: Pick<ResolvedImage, "layers">): readonly Descriptor[] | undefined {
  const blobs = layers.flatMap(({ blob }) => blob ?? []);
  return blobs.length === layers.length ? blobs : undefined;
}

type Documents = Pick<FileStore, "sizeOf" | "open">;

const INDEX = "index.json";
const DOCKER = "manifest.json";
// image-spec, annotations.md, and what containerd and BuildKit write beside it.
const NAMES = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];
/** An index of indexes is allowed; nobody has more than two. */
const MAX_DEPTH = 4;

/**
 * The image of a store: an OCI image layout, or what engines wrote before they wrote such. Where there are both, the
 * layout counts: its digests are verified from top to bottom. Throws RegistryError MANIFEST_UNKNOWN, AuditError, OciError.
 */
export async function resolveImage(
  store: Documents,
  wanted: WantedImage,
  options: CallOptions = {},
): Promise<ResolvedImage> {
  const reading: Reading = { store, wanted, options };
  const index = await readDocument(reading, INDEX, MAX_MANIFEST_BYTES);
  if (index !== undefined) return resolveLayout(reading, index);
  const manifest = await readDocument(reading, DOCKER, MAX_MANIFEST_BYTES);
  if (manifest !== undefined) return resolveArchive(reading, parseArchiveManifest(manifest));
  throw unknownImage(`${wanted.name} holds no image: it has neither ${INDEX} nor ${DOCKER}`);
}

interface Reading {
  readonly store: Documents;
  readonly wanted: WantedImage;
  readonly options: CallOptions;
}

async function readDocument(
  { store, wanted, options }: Reading,
  path: string,
  limit: number,
): Promise<Uint8Array | undefined> {
  const size = await store.sizeOf(path);
  if (size === undefined) return undefined;
  if (size > limit)
    throw new AuditError(
      "ARCHIVE_INVALID",
      `${path} of ${wanted.name} has ${size} bytes; at most ${limit} are read`,
    );
  return collectBytes(store.open(path, options));
}

export function blobPath(digest: Digest): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}

/** The bytes behind a digest, verified. */
async function readBlob(reading: Reading, digest: Digest, limit: number): Promise<Uint8Array | undefined> {
  const bytes = await readDocument(reading, blobPath(digest), limit);
  if (bytes === undefined) return undefined;
  const found = digestOf(bytes);
  if (found !== digest) throw digestMismatch(reading.wanted.name, digest, found);
  return bytes;
}

async function resolveLayout(reading: Reading, bytes: Uint8Array): Promise<ResolvedImage> {
  const { wanted } = reading;
  const content = parseManifest(bytes, MediaType.ociIndex);
  if (content.kind !== "index") throw unknownImage(`${INDEX} of ${wanted.name} is no index`);
  const top = chooseEntry(content.index.manifests, wanted);
  const { manifest, digest } = await descend(reading, top, 0);
  const config = await readBlob(reading, manifest.config.digest, MAX_CONFIG_BYTES);
  if (config === undefined) throw unknownImage(`the config of ${wanted.name} is not in it`);
  return {
    digest,
    config: parseImageConfig(config),
    layers: manifest.layers.map((blob) => ({ path: blobPath(blob.digest), blob })),
  };
}

function chooseEntry(entries: readonly Descriptor[], wanted: WantedImage): Digest {
  const digest = wanted.image === undefined ? undefined : parseDigest(wanted.image);
  // Also one that no entry names: an image within an index.
  if (digest !== undefined) return digest;
  const images = entries.filter(({ platform }) => platform?.os !== "unknown");
  const named =
    wanted.image === undefined ? images : images.filter((entry) => answersTo(namesOf(entry), wanted.image));
  const fitting = named.filter(
    (entry) => entry.platform === undefined || matchesPlatform(entry, wanted.platform),
  );
  const digests = [...new Set((fitting.length > 0 ? fitting : named).map((entry) => entry.digest))];
  return onlyOne(
    digests,
    wanted,
    images.map((entry) => namesOf(entry)[0] ?? entry.digest),
  );
}

function namesOf({ annotations }: Descriptor): readonly string[] {
  return NAMES.flatMap((key) => annotations?.[key] ?? []);
}

/** `app:1` and `docker.io/library/app:1` are one name; some layouts know the tag alone. */
function answersTo(names: readonly string[], name = ""): boolean {
  return names.some((each) => each === name || wholeName(each) === wholeName(name));
}

function wholeName(name: string): string {
  try {
    return formatImageRef(parseImageRef(name));
  } catch {
    return name;
  }
}

function onlyOne<Image>(found: readonly Image[], wanted: WantedImage, names: readonly string[]): Image {
  const [only] = found;
  const { name, image } = wanted;
  if (only !== undefined && found.length === 1) return only;
  const has = names.slice(0, 20).join(", ");
  if (found.length > 1)
    throw unknownImage(`${name} holds ${found.length} images: ${has}`, `name one of them: ${name}@NAME`);
  const what = image === undefined ? "no image" : `no image ${image}`;
  throw unknownImage(`${name} holds ${what}${has === "" ? "" : `; it has ${has}`}`);
}

interface Found {
  readonly manifest: Manifest;
  readonly digest: Digest;
}

async function descend(reading: Reading, digest: Digest, depth: number): Promise<Found> {
  const { name, platform } = reading.wanted;
  const bytes = await readBlob(reading, digest, MAX_MANIFEST_BYTES);
  if (bytes === undefined) throw unknownImage(`${name} names ${digest}, and does not hold it`);
  const content = parseManifest(bytes);
  if (content.kind === "manifest") return { manifest: content.manifest, digest };
  const entry = content.index.manifests.find((each) => matchesPlatform(each, platform));
  if (entry === undefined || depth >= MAX_DEPTH)
    throw unknownImage(`${name} (${shortDigest(digest)}) has nothing for ${formatPlatform(platform)}`);
  return descend(reading, entry.digest, depth + 1);
}

async function resolveArchive(reading: Reading, images: readonly ArchivedImage[]): Promise<ResolvedImage> {
  const { wanted } = reading;
  const { image } = wanted;
  const digest = image === undefined ? undefined : parseDigest(image);
  const fitting = images.filter(({ names, config }) => {
    if (image === undefined) return true;
    return digest === undefined ? answersTo(names, image) : digestOfPath(config) === digest;
  });
  const only = onlyOne(
    fitting,
    wanted,
    images.map(({ names, config }) => names[0] ?? config),
  );
  const bytes = await readDocument(reading, pathOf(reading, only.config), MAX_CONFIG_BYTES);
  if (bytes === undefined) throw unknownImage(`${wanted.name} names ${only.config}, and does not hold it`);
  const promised = digestOfPath(only.config);
  const found = digestOf(bytes);
  if (promised !== undefined && promised !== found) throw digestMismatch(wanted.name, promised, found);
  return {
    digest: undefined,
    config: parseImageConfig(bytes),
    layers: only.layers.map((path) => ({ path: pathOf(reading, path), blob: undefined })),
  };
}

function pathOf({ wanted }: Reading, written: string): string {
  const plain = plainPath(written);
  if (plain.ok) return plain.path;
  throw new AuditError("ARCHIVE_INVALID", `${DOCKER} of ${wanted.name} names a path of which ${plain.why}`);
}

/** Configs are named by their digest: `HEX.json`, or `blobs/sha256/HEX`. */
function digestOfPath(path: string): Digest | undefined {
  const [, hex] = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(path) ?? [];
  return hex === undefined ? undefined : parseDigest(`sha256:${hex}`);
}
