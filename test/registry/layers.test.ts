import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContentQuestion } from "../../src/core/audit/image/layer-facts.ts";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { MediaType } from "../../src/core/oci/media-type.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { createMemoryLayerCache, openLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import type { LayerRef } from "../../src/edge/registry/layers/port.ts";
import { readLayer, unpackedLimit } from "../../src/edge/registry/layers/read-layer.ts";
import { unpack } from "../../src/edge/registry/layers/unpack.ts";
import { createMemoryRegistry } from "../../src/edge/registry/memory.ts";
import { KEEP_ALL } from "../audit/layers.ts";
import { tarOf } from "../kit/tar-writer.ts";

const AT = { host: "registry.example", repository: "demo/app" };
const TAR = tarOf([
  { path: "a", content: "hello" },
  { path: "b", content: "x".repeat(5000) },
]);
// `printf zstd | zstd -19 --no-check`.
const ZSTD = Buffer.from("28b52ffd00682100007a737464", "hex");

async function* pieces(bytes: Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  await unpack(source, (piece) => void parts.push(Buffer.from(piece)));
  return Buffer.concat(parts);
}

describe("a layer's stream", () => {
  it.each([1, 3, 1000])("is unpacked by what it is, in pieces of %i", async (size) => {
    expect(await unpacked(pieces(gzipSync(TAR), size))).toEqual(TAR);
    expect(await unpacked(pieces(TAR, size))).toEqual(TAR);
    const members = Buffer.concat([gzipSync(TAR.subarray(0, 700)), gzipSync(TAR.subarray(700))]);
    expect(await unpacked(pieces(members, size))).toEqual(TAR);
    expect((await unpacked(pieces(Buffer.concat([ZSTD, ZSTD]), size))).toString()).toBe("zstdzstd");
    expect(await unpacked(pieces(new Uint8Array(0), size))).toEqual(Buffer.alloc(0));
  });

  it.each([
    ["gzip that is cut", gzipSync(TAR).subarray(0, 40)],
    ["gzip that is damaged", Buffer.concat([gzipSync(TAR).subarray(0, 30), Buffer.alloc(200, 7)])],
    ["zstd that is cut", ZSTD.subarray(0, 8)],
    ["zstd that is damaged", Buffer.concat([ZSTD.subarray(0, 5), Buffer.alloc(50, 255)])],
  ])("%s is told as such", async (_name, bytes) => {
    await expect(unpacked(pieces(bytes))).rejects.toMatchObject({ code: "LAYER_COMPRESSION" });
  });

  it.each([gzipSync(TAR), TAR, ZSTD])("ends with the source's own error (%#)", async (bytes) => {
    async function* broken(): AsyncIterable<Uint8Array> {
      yield bytes.subarray(0, 9);
      throw new RegistryError("REGISTRY_UNREACHABLE", "cut");
    }
    await expect(unpacked(broken())).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
  });

  it.each([gzipSync(TAR), TAR, ZSTD])(
    "ends with the reader's own error, and lets go of the source (%#)",
    async (bytes) => {
      let letGo = false;
      async function* source(): AsyncIterable<Uint8Array> {
        try {
          yield* pieces(bytes, 4);
          // The source has more than is ever read.
          for (;;) yield new Uint8Array(1000);
        } finally {
          letGo = true;
        }
      }
      await expect(
        unpack(source(), () => {
          throw new RangeError("enough");
        }),
      ).rejects.toThrow("enough");
      expect(letGo).toBe(true);
    },
  );
});

async function stored(
  bytes: Buffer,
  diffId: Digest = digestOf(TAR),
): Promise<{ registry: ReturnType<typeof createMemoryRegistry>; layer: LayerRef }> {
  const registry = createMemoryRegistry();
  const blob = { mediaType: MediaType.ociLayerGzip, digest: digestOf(bytes), size: bytes.length };
  await registry.putBlob(AT, { ...blob, open: () => pieces(bytes, bytes.length) });
  return { registry, layer: { at: AT, blob, diffId } };
}

describe("reading a layer", () => {
  it("gives what is in it, under its diffID", async () => {
    const { registry, layer } = await stored(gzipSync(TAR));
    expect(await readLayer(registry, layer, { question: KEEP_ALL })).toMatchObject({
      diffId: layer.diffId,
      bytes: TAR.length,
      entries: [
        { path: "a", size: 5 },
        { path: "b", size: 5000 },
      ],
    });
  });

  it("refuses content that the config does not name (canary)", async () => {
    const { registry, layer } = await stored(gzipSync(TAR), digestOf("another"));
    await expect(readLayer(registry, layer, { question: KEEP_ALL })).rejects.toMatchObject({
      code: "LAYER_DIFFID",
    });
  });

  it("hashes what follows the archive's end: nothing hides behind it", async () => {
    const hidden = Buffer.concat([TAR, Buffer.from("more")]);
    const { registry, layer } = await stored(gzipSync(hidden));
    await expect(readLayer(registry, layer, { question: KEEP_ALL })).rejects.toMatchObject({
      code: "LAYER_DIFFID",
    });
  });

  it("stops at a bomb long before it is unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const { registry, layer } = await stored(bomb);
    const limit = bomb.length * 200;
    await expect(readLayer(registry, layer, { question: KEEP_ALL, limit })).rejects.toMatchObject({
      code: "LAYER_LIMIT",
    });
    // The limit is a ratio above a gigabyte, and an end above that.
    expect([1000, 10 * 1024 ** 2, 2 ** 40].map(unpackedLimit)).toEqual([
      1024 ** 3,
      2000 * 1024 ** 2,
      64 * 1024 ** 3,
    ]);
  });

  it("needs the blob as its descriptor says", async () => {
    const { registry, layer } = await stored(gzipSync(TAR));
    const gone = { ...layer, blob: { ...layer.blob, digest: digestOf("gone") } };
    await expect(readLayer(registry, gone, { question: KEEP_ALL })).rejects.toMatchObject({
      code: "BLOB_UNKNOWN",
    });
  });
});

describe("what was learnt of a layer", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layers-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const QUESTION: ContentQuestion = {
    id: "q",
    keepLimit: 1024 * 1024,
    reads: () => "keep",
  };

  it("is read once, also when it is asked for twice at once and by a later run", async () => {
    const { registry, layer } = await stored(gzipSync(TAR));
    let reads = 0;
    const counting = {
      ...registry,
      readBlob: (...args: Parameters<typeof registry.readBlob>) => (reads++, registry.readBlob(...args)),
    };
    const first = createLayerReader(counting, openLayerCache(folder, "v1"));
    const [one, two] = await Promise.all([first.read(layer, QUESTION), first.read(layer, QUESTION)]);
    expect(one).toBe(two);
    const later = await createLayerReader(counting, openLayerCache(folder, "v1")).read(layer, QUESTION);
    expect(later).toEqual(one);
    expect(Buffer.from(later.kept.get("a") ?? []).toString()).toBe("hello");
    expect(reads).toBe(1);
    expect(await openLayerCache(folder, "v2").get(layer.diffId, "q")).toBeUndefined();
    // Another question is another pass.
    await createLayerReader(counting, openLayerCache(folder, "v1")).read(layer, { ...QUESTION, id: "q2" });
    expect(reads).toBe(2);
  });

  it("counts as none where its file is damaged, or stands under another layer's name", async () => {
    const { registry, layer } = await stored(gzipSync(TAR));
    const cache = openLayerCache(folder, "v1");
    await createLayerReader(registry, cache).read(layer, QUESTION);
    const name =
      readdirSync(folder, { recursive: true, encoding: "utf8" }).find((each) => each.includes("/")) ?? "";
    const path = join(folder, name);
    expect(await cache.get(layer.diffId, "q")).toBeDefined();
    expect(await cache.get(digestOf("other"), "q")).toBeUndefined();
    const bytes = readFileSync(path);
    writeFileSync(path, gzipSync("sha256:0 x\n{}"));
    expect(await cache.get(layer.diffId, "q")).toBeUndefined();
    writeFileSync(path, bytes.subarray(0, 50));
    expect(await cache.get(layer.diffId, "q")).toBeUndefined();
  });

  it("need not be kept: a folder that cannot be written makes no error", async () => {
    const { registry, layer } = await stored(gzipSync(TAR));
    writeFileSync(join(folder, "file"), "");
    expect(
      await createLayerReader(registry, openLayerCache(join(folder, "file"), "v1")).read(layer, QUESTION),
    ).toBeDefined();
    expect(await createLayerReader(registry, createMemoryLayerCache()).read(layer, QUESTION)).toBeDefined();
  });
});
