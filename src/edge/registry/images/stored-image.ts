import type { Descriptor } from "../../../core/oci/manifest.ts";
import { createVerifier } from "../http/verify.ts";
import { type FileStore, openFolderStore } from "./file-store.ts";
import { layersOf } from "./layers-of.ts";
import { localFailure } from "./local-failure.ts";
import type { ImageAsk, ImageContents, ImageSource } from "./port.ts";
import { readStored } from "./read-stored.ts";
import { blobsOf, type ResolvedLayer, resolveImage } from "./resolve-image.ts";
import { unknownImage } from "./unknown-image.ts";

export interface StoredImageOptions {
  readonly name: string;
  /** Which of several: `NAME:TAG` or a digest. */
  readonly image?: string | undefined;
  open(): Promise<FileStore>;
}

/** An image in files: a layout folder, or an archive that can be read at any place. Nothing is unpacked to disk. */
export function createStoredImage({ name, image, open }: StoredImageOptions): ImageSource {
  return {
    name,
    async read(ask) {
      const store = await open();
      try {
        return await readFrom(store, { name, image }, ask);
      } finally {
        await store.close();
      }
    },
  };
}

/** An OCI image layout folder. */
export function createLayoutImage({
  folder,
  ...about
}: Omit<StoredImageOptions, "open"> & { readonly folder: string }): ImageSource {
  const stored = createStoredImage({ ...about, open: () => Promise.resolve(openFolderStore(folder)) });
  const expected = "a folder with an OCI image layout";
  const hint = "write it anew: skopeo copy docker-daemon:IMAGE:TAG oci:FOLDER";
  return {
    ...stored,
    read: (ask) =>
      stored.read(ask).catch((thrown: unknown) => {
        throw localFailure({ path: folder, expected, hint }, thrown);
      }),
  };
}

async function readFrom(
  store: FileStore,
  { name, image }: Pick<StoredImageOptions, "name" | "image">,
  ask: ImageAsk,
): Promise<ImageContents> {
  const { platform, signal } = ask;
  const options = signal === undefined ? {} : { signal };
  const resolved = await resolveImage(store, { name, image, platform }, options);
  const { digest, config } = resolved;
  const found: (ResolvedLayer & { readonly size: number })[] = [];
  for (const layer of resolved.layers) {
    const size = await store.sizeOf(layer.path);
    if (size === undefined) throw unknownImage(`${name} names ${layer.path}, and does not hold it`);
    found.push({ ...layer, size });
  }
  const layers = layersOf(name, config, found, ({ path, blob, size }) => ({
    name: blob?.digest ?? path,
    size,
    open: (call) =>
      blob === undefined ? store.open(path, call) : verified(store.open(path, call), blob, name),
  }));
  return { digest, config, layers: await readStored(layers, ask), blobs: blobsOf(resolved) };
}

async function* verified(
  source: AsyncIterable<Uint8Array>,
  blob: Descriptor,
  where: string,
): AsyncGenerator<Uint8Array> {
  const verifier = createVerifier(blob, where);
  for await (const part of source) {
    verifier.add(part);
    yield part;
  }
  verifier.finish();
}
