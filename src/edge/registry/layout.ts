import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, digestOf } from "../../core/base/digest.ts";
import { systemCode } from "../../core/base/system-code.ts";
import { OciError } from "../../core/oci/error.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../core/oci/parse-manifest.ts";
import { formatImageRef, type ImageRef } from "../../core/oci/reference.ts";
import { RegistryError } from "./error.ts";
import { createVerifier, digestMismatch } from "./http/verify.ts";
import { createLayoutIndex, type LayoutIndex } from "./layout-index.ts";
import type { BlobSource, CallOptions, Registry, StoredManifest } from "./port.ts";

interface Layout {
  readonly folder: string;
  readonly index: LayoutIndex;
}

/**
 * An OCI image layout folder (image-spec, image-layout.md) behind the same port, for air gaps and mirrors. All
 * repositories share its blobs; a tag is an entry of index.json named by the whole reference. Blobs appear by rename,
 * whole or not at all. One process at a time may write; readers may look on.
 */
export function createLayoutRegistry(folder: string): Registry {
  const layout: Layout = { folder, index: createLayoutIndex(folder) };
  return {
    ping: async (_host, { signal } = {}) => {
      signal?.throwIfAborted();
      await layout.index.check();
    },
    resolve: (ref, options = {}) => resolve(layout, ref, options),
    readManifest: async (ref, options = {}) => {
      const descriptor = await resolve(layout, ref, options);
      return descriptor === undefined ? undefined : readStored(layout, descriptor);
    },
    putManifest: (ref, bytes, mediaType, options = {}) =>
      putManifest(layout, { ref, bytes, mediaType, options }),
    readBlob: (_at, blob, options = {}) => readBlob(layout, blob, options),
    putBlob: async (_at, blob, { signal } = {}) => {
      signal?.throwIfAborted();
      await writeBlob(layout, blob, signal);
    },
    listTags: async (at, { signal } = {}) => {
      signal?.throwIfAborted();
      return layout.index.tags(at);
    },
  };
}

function pathOf({ folder }: Layout, digest: Digest): string {
  return join(folder, "blobs", "sha256", digest.slice("sha256:".length));
}

async function resolve(
  layout: Layout,
  ref: ImageRef,
  { signal }: CallOptions,
): Promise<Descriptor | undefined> {
  signal?.throwIfAborted();
  if (ref.digest === undefined) return layout.index.find(ref);
  const bytes = await readManifestBytes(layout, ref.digest);
  if (bytes === undefined) return undefined;
  return describe(bytes, ref.digest)?.descriptor;
}

async function readStored(layout: Layout, { digest }: Descriptor): Promise<StoredManifest> {
  const bytes = await readManifestBytes(layout, digest);
  const stored = bytes === undefined ? undefined : describe(bytes, digest);
  if (stored === undefined) {
    throw new RegistryError(
      "MANIFEST_UNKNOWN",
      `${layout.folder} names ${digest} in its index, but has no such manifest`,
    );
  }
  return stored;
}

/** The manifest that these bytes are, or undefined where they are some other blob. */
function describe(bytes: Uint8Array, digest: Digest): StoredManifest | undefined {
  const found = digestOf(bytes);
  if (found !== digest) throw digestMismatch("the layout", digest, found);
  try {
    const content = parseManifest(bytes);
    const { mediaType } = content.kind === "index" ? content.index : content.manifest;
    return { descriptor: { mediaType, digest, size: bytes.byteLength }, bytes, content };
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

async function readManifestBytes(layout: Layout, digest: Digest): Promise<Uint8Array | undefined> {
  const path = pathOf(layout, digest);
  const size = await sizeOf(path);
  // A layer has no business here; a manifest that is too big is refused as everywhere.
  if (size === undefined || size > MAX_MANIFEST_BYTES) return undefined;
  return readFile(path);
}

interface Put {
  readonly ref: ImageRef;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly options: CallOptions;
}

async function putManifest(layout: Layout, { ref, bytes, mediaType, options }: Put): Promise<Descriptor> {
  const content = parseManifest(bytes, mediaType);
  const digest = digestOf(bytes);
  if (ref.digest !== undefined && ref.digest !== digest)
    throw digestMismatch("the caller", ref.digest, digest);
  if (content.kind === "manifest") {
    for (const blob of [content.manifest.config, ...content.manifest.layers]) {
      if ((await sizeOf(pathOf(layout, blob.digest))) !== blob.size) {
        throw new RegistryError(
          "REGISTRY_REFUSED",
          `${formatImageRef(ref)}: ${blob.digest} is not in ${layout.folder}`,
        );
      }
    }
  }
  const descriptor: Descriptor = { mediaType, digest, size: bytes.byteLength };
  const source = {
    digest,
    size: bytes.byteLength,
    open: async function* once() {
      yield await Promise.resolve(bytes);
    },
  };
  await writeBlob(layout, source, options.signal);
  if (ref.tag !== undefined) await layout.index.set({ ...ref, tag: ref.tag }, descriptor);
  return descriptor;
}

async function* readBlob(
  layout: Layout,
  blob: Descriptor,
  { signal }: CallOptions,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const path = pathOf(layout, blob.digest);
  if ((await sizeOf(path)) === undefined) {
    throw new RegistryError("BLOB_UNKNOWN", `${layout.folder} has no blob ${blob.digest}`);
  }
  const verifier = createVerifier(blob, layout.folder);
  for await (const part of createReadStream(path)) {
    signal?.throwIfAborted();
    // Without an encoding, a file stream gives buffers.
    const bytes = part as Buffer;
    verifier.add(bytes);
    yield bytes;
  }
  verifier.finish();
}

async function writeBlob(layout: Layout, blob: BlobSource, signal: AbortSignal | undefined): Promise<void> {
  const path = pathOf(layout, blob.digest);
  // Written by rename only, so one of the right size is whole; its bytes are verified when it is read.
  if ((await sizeOf(path)) === blob.size) return;
  await layout.index.check();
  await mkdir(join(layout.folder, "blobs", "sha256"), { recursive: true });
  const temporary = join(layout.folder, `.incoming-${randomBytes(6).toString("hex")}`);
  const verifier = createVerifier(blob, "the source of the upload");
  try {
    const file = await open(temporary, "wx");
    try {
      for await (const part of blob.open()) {
        signal?.throwIfAborted();
        verifier.add(part);
        await file.writeFile(part);
      }
      verifier.finish();
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    // Only a missing file is an answer.
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
