import { createHash, randomBytes } from "node:crypto";
import { createWriteStream, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

export interface LayoutLayer {
  readonly digest: string;
  readonly size: number;
}

const CHUNK = 1 << 20;

/**
 * Writes an OCI layout folder with one image, tag `image`, of layers with about these many bytes. Each is a gzip stream of
 * noise: a copier that looks at the first bytes sees what the media type says, and compresses nothing on the way.
 */
export async function writeLayout(folder: string, sizes: readonly number[]): Promise<readonly LayoutLayer[]> {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const layers: (LayoutLayer & { readonly diffId: string })[] = [];
  for (const size of sizes) layers.push(await writeLayer(folder, size));
  const config = writeBlob(folder, {
    os: "linux",
    architecture: "amd64",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
  });
  const manifest = writeBlob(folder, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map(({ digest, size }) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest,
      size,
    })),
  });
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const entry = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    ...manifest,
    annotations: { "org.opencontainers.image.ref.name": "image" },
  };
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
  return layers;
}

async function writeLayer(folder: string, bytes: number): Promise<LayoutLayer & { readonly diffId: string }> {
  const path = join(folder, "layer");
  const [plain, packed] = [createHash("sha256"), createHash("sha256")];
  let size = 0;
  await pipeline(
    Readable.from(noise(bytes)),
    watch((chunk) => void plain.update(chunk)),
    createGzip({ level: 0 }),
    watch((chunk) => {
      packed.update(chunk);
      size += chunk.length;
    }),
    createWriteStream(path),
  );
  const hex = packed.digest("hex");
  renameSync(path, join(folder, "blobs/sha256", hex));
  return { digest: `sha256:${hex}`, size, diffId: `sha256:${plain.digest("hex")}` };
}

function* noise(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK) yield randomBytes(Math.min(CHUNK, left));
}

function watch(see: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      see(chunk);
      done(null, chunk);
    },
  });
}

function writeBlob(folder: string, value: unknown): LayoutLayer {
  const bytes = Buffer.from(JSON.stringify(value));
  const hex = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(folder, "blobs/sha256", hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}
