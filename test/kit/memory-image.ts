import { collectBytes } from "../../src/core/base/collect-bytes.ts";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";
import type { Descriptor } from "../../src/core/oci/manifest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import type { Registry, Repository } from "../../src/edge/registry/port.ts";
import { tarOf } from "./tar-writer.ts";

/** Where the roots of sample fleets lie. */
export const ROOT_HOST = "roots.example";

export interface ImageContent {
  /** The bytes of each layer, the lowest first; a string is a layer's whole content. */
  readonly layers: readonly (string | Descriptor)[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the config. */
  readonly created?: string;
  /** How it runs, of the config: User, Entrypoint, Labels, ... */
  readonly run?: Readonly<Record<string, Json>>;
}

interface Packed {
  readonly manifest: Uint8Array;
  readonly digest: Digest;
  readonly blobs: readonly { readonly digest: Digest; readonly bytes: Uint8Array }[];
}

/** An image as bytes: each layer is its text, the config says only what the layers are. Same content, same digest. */
export function packImage({ layers, annotations = {}, created, run = {} }: ImageContent): Packed {
  const packed = layers.map((layer) =>
    typeof layer === "string"
      ? blobOf(layer, MediaType.ociLayerGzip)
      : { descriptor: layer, bytes: undefined },
  );
  const config = blobOf(
    canonicalJson({
      os: "linux",
      architecture: "amd64",
      ...(created === undefined ? {} : { created }),
      config: run,
      // As if nothing were compressed.
      rootfs: { type: "layers", diff_ids: packed.map((each) => each.descriptor.digest) },
    }),
    MediaType.ociConfig,
  );
  const manifest = encode(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MediaType.ociManifest,
      config: config.descriptor,
      layers: packed.map(({ descriptor }) => descriptor),
      annotations,
      // Descriptors are JSON by their members; interfaces have no index signature.
    } as unknown as Json),
  );
  const blobs = [...packed, config].flatMap(({ descriptor, bytes }) =>
    bytes === undefined ? [] : [{ digest: descriptor.digest, bytes }],
  );
  return { manifest, digest: digestOf(manifest), blobs };
}

/** Pushes blobs, then the manifest under the tag (or its digest). */
export async function pushImage(
  registry: Registry,
  at: Repository & { readonly tag?: string },
  content: ImageContent,
): Promise<Digest> {
  const { manifest, digest, blobs } = packImage(content);
  for (const blob of blobs) {
    await registry.putBlob(at, {
      digest: blob.digest,
      size: blob.bytes.length,
      open: () => once(blob.bytes),
    });
  }
  await registry.putManifest(at, manifest, MediaType.ociManifest);
  return digest;
}

/** Puts a plain image under `ROOT_HOST/NAME:12`. */
export function pushRoot(registry: Registry, name: string): Promise<Digest> {
  return pushImage(registry, { host: ROOT_HOST, repository: name, tag: "12" }, rootContent(name));
}

/** The digest that `pushRoot` gives. */
export function rootDigest(name: string): Digest {
  return packImage(rootContent(name)).digest;
}

function rootContent(name: string): ImageContent {
  return { layers: [layerOf(`root ${name}`)] };
}

/** A layer that holds one file with this text, which is ASCII. */
export function layerOf(text: string): string {
  return tarOf([{ path: "content.txt", content: text }]).toString("latin1");
}

/** The text of a layer. */
export async function layerText(registry: Registry, at: Repository, layer: Descriptor): Promise<string> {
  return new TextDecoder().decode(await collectBytes(registry.readBlob(at, layer)));
}

function blobOf(text: string, mediaType: string): { descriptor: Descriptor; bytes: Uint8Array } {
  const bytes = encode(text);
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
