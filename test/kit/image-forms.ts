import { gzipSync } from "node:zlib";
import { digestOf } from "../../src/core/base/digest.ts";
import { canonicalJson, type Json } from "../../src/core/base/json.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { type TarItem, tarOf } from "./tar-writer.ts";

/** An image by its layers, ready to be put into any form that images are stored in. */
export interface ImageParts {
  readonly layers: readonly { readonly tar: Buffer; readonly stored: Buffer }[];
  readonly config: Buffer;
  readonly manifest: Buffer;
}

export interface PartsOptions {
  readonly compress?: (tar: Buffer) => Buffer;
  readonly config?: Readonly<Record<string, Json>>;
  readonly history?: Json;
}

export function imageParts(
  layers: readonly (readonly TarItem[])[],
  { compress = gzipSync, config = {}, history = [] }: PartsOptions = {},
): ImageParts {
  const packed = layers.map((items) => {
    const tar = tarOf(items);
    return { tar, stored: compress(tar) };
  });
  const configBytes = Buffer.from(
    canonicalJson({
      os: "linux",
      architecture: "amd64",
      config,
      rootfs: { type: "layers", diff_ids: packed.map(({ tar }) => digestOf(tar)) },
      history,
    }),
  );
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: MediaType.ociManifest,
    config: describe(configBytes, MediaType.ociConfig),
    layers: packed.map(({ stored }) => describe(stored, MediaType.ociLayerGzip)),
  });
  return { layers: packed, config: configBytes, manifest: Buffer.from(manifest) };
}

function describe(bytes: Buffer, mediaType: string) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

const hexOf = (bytes: Buffer): string => digestOf(bytes).slice("sha256:".length);

/** Files of an OCI image layout with these images, each under its names. */
export function layoutItems(
  images: readonly { readonly parts: ImageParts; readonly name?: string }[],
): TarItem[] {
  const blobs = images.flatMap(({ parts }) => [
    ...parts.layers.map(({ stored }) => stored),
    parts.config,
    parts.manifest,
  ]);
  const byPath = new Map(blobs.map((bytes) => [`blobs/sha256/${hexOf(bytes)}`, bytes]));
  const manifests = images.map(({ parts, name }) => ({
    ...describe(parts.manifest, MediaType.ociManifest),
    ...(name === undefined ? {} : { annotations: { "io.containerd.image.name": name } }),
  }));
  return [
    ...[...byPath].map(([path, content]) => ({ path, content })),
    {
      path: "index.json",
      content: canonicalJson({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests }),
    },
    { path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
  ];
}

/** What `docker save` wrote before it wrote layouts: a folder for each layer, a layer that occurs again as a link. */
export function oldArchiveItems(parts: ImageParts, names: readonly string[] = []): TarItem[] {
  const seen = new Map<string, string>();
  const layers = parts.layers.map(({ tar }, index) => {
    const id = digestOf(`${index} ${hexOf(tar)}`).slice("sha256:".length);
    const first = seen.get(hexOf(tar));
    seen.set(hexOf(tar), first ?? id);
    return { path: `${id}/layer.tar`, tar, first };
  });
  return [
    { path: `${hexOf(parts.config)}.json`, content: parts.config },
    ...layers.flatMap(({ path, tar, first }): TarItem[] => [
      { path: path.replace("layer.tar", "VERSION"), content: "1.0" },
      first === undefined ? { path, content: tar } : { path, flag: "2", target: `../${first}/layer.tar` },
    ]),
    {
      path: "manifest.json",
      content: canonicalJson([
        { Config: `${hexOf(parts.config)}.json`, RepoTags: names, Layers: layers.map(({ path }) => path) },
      ]),
    },
    { path: "repositories", content: "{}" },
  ];
}
