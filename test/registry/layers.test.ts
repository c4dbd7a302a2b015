import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContentQuestion } from "../../src/core/audit/image/layer-facts.ts";
import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import { createMemoryLayerCache, openLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import type { StoredLayer } from "../../src/edge/registry/layers/port.ts";
import { readLayer, unpackedLimit } from "../../src/edge/registry/layers/read-layer.ts";
import { unpack } from "../../src/edge/registry/layers/unpack.ts";
import { KEEP_ALL } from "../audit/layers.ts";
import { tarOf } from "../kit/tar-writer.ts";

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

function stored(bytes: Buffer, diffId: Digest = digestOf(TAR)): StoredLayer {
  return { name: "layer", size: bytes.length, diffId, open: () => pieces(bytes, bytes.length) };
}

const ASK = { questions: [KEEP_ALL] };

describe("reading a layer", () => {
  it("gives what is in it, under its diffID", async () => {
    const layer = stored(gzipSync(TAR));
    const { listing } = await readLayer(layer, ASK);
    expect(listing).toMatchObject({
      diffId: layer.diffId,
      bytes: TAR.length,
      entries: [
        { path: "a", size: 5 },
        { path: "b", size: 5000 },
      ],
    });
  });

  it("refuses content that the config does not name (canary)", async () => {
    const layer = stored(gzipSync(TAR), digestOf("another"));
    await expect(readLayer(layer, ASK)).rejects.toMatchObject({
      code: "LAYER_DIFFID",
    });
  });

  it("hashes what follows the archive's end: nothing hides behind it", async () => {
    const hidden = Buffer.concat([TAR, Buffer.from("more")]);
    const layer = stored(gzipSync(hidden));
    await expect(readLayer(layer, ASK)).rejects.toMatchObject({
      code: "LAYER_DIFFID",
    });
  });

  it("stops at a bomb long before it is unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const layer = stored(bomb);
    const limit = bomb.length * 200;
    await expect(readLayer(layer, { ...ASK, limit })).rejects.toMatchObject({
      code: "LAYER_LIMIT",
    });
    // The limit is a ratio above a gigabyte, and an end above that.
    expect([1000, 10 * 1024 ** 2, 2 ** 40].map(unpackedLimit)).toEqual([
      1024 ** 3,
      2000 * 1024 ** 2,
      64 * 1024 ** 3,
    ]);
  });

  it("reads a file once more for what a first pass missed, and says so where no pass finds it", async () => {
    const asked: unknown[] = [];
    const question = (passes: number): ContentQuestion => ({
      id: "again",
      keepLimit: 0,
      reads(path, _size, ranges) {
        asked.push([path, ranges]);
        const isLast = ranges?.[0]?.start === passes;
        const start = (ranges?.[0]?.start ?? 0) + 1;
        return {
          data: () => {},
          end: () =>
            path === "b" && !isLast
              ? { again: [{ start, end: start + 1 }] }
              : [{ kind: "script", path, interpreter: "x" }],
        };
      },
    });
    const layer = stored(gzipSync(TAR));
    const found = await readLayer(layer, { questions: [KEEP_ALL, question(1)] });
    expect(asked).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["b", [{ start: 1, end: 2 }]],
    ]);
    expect(found.answers[0]?.kept.size).toBe(2);
    expect(found.answers[1]).toMatchObject({
      notes: [
        { path: "a", kind: "script" },
        { path: "b", kind: "script" },
      ],
    });
    const lost = await readLayer(layer, { questions: [question(9)] });
    expect(lost.answers[0]).toMatchObject({ notes: [{ path: "a" }, { path: "b", kind: "unread" }] });
  });

  it("counts the bytes of the blob that were read", async () => {
    const bytes = gzipSync(TAR);
    let read = 0;
    await readLayer(stored(bytes), { ...ASK, onBytes: (more) => (read += more) });
    expect(read).toBe(bytes.length);
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

  function counting(bytes: Buffer) {
    const layer = stored(bytes);
    const counted = { reads: 0, ...layer, open: () => (counted.reads++, layer.open({})) };
    return counted;
  }

  it("is read once, also when it is asked for twice at once and by a later run", async () => {
    const layer = counting(gzipSync(TAR));
    const first = createLayerReader(openLayerCache(folder, "v1"));
    const [one, two] = await Promise.all([first.read(layer, [QUESTION]), first.read(layer, [QUESTION])]);
    expect(one).toBe(two);
    const later = await createLayerReader(openLayerCache(folder, "v1")).read(layer, [QUESTION]);
    expect(later).toEqual(one);
    expect(Buffer.from(later.kept.get("a") ?? []).toString()).toBe("hello");
    expect(layer.reads).toBe(1);
    expect(await openLayerCache(folder, "v2").listing(layer.diffId)).toBeUndefined();
  });

  it("answers several questions in one pass, and reads again only for those that are new", async () => {
    const layer = counting(gzipSync(TAR));
    const seen: string[] = [];
    const noting = (id: string): ContentQuestion => ({
      id,
      keepLimit: 0,
      reads: (path) => {
        seen.push(`${id} ${path}`);
        return { data: () => {}, end: () => [{ kind: "script", path, interpreter: id }] };
      },
    });
    const read = (...ids: readonly string[]) =>
      createLayerReader(openLayerCache(folder, "v1")).read(layer, [QUESTION, ...ids.map(noting)]);
    expect((await read("q1")).notes.map(({ path }) => path)).toEqual(["a", "b"]);
    expect(layer.reads).toBe(1);
    const both = await read("q1", "q2");
    expect([both.kept.size, both.notes.length, layer.reads]).toEqual([2, 4, 2]);
    expect(seen).toEqual(["q1 a", "q1 b", "q2 a", "q2 b"]);
    expect(await read("q2", "q1")).toMatchObject({ entries: both.entries });
    expect(layer.reads).toBe(2);
  });

  it("is asked for again after a failure", async () => {
    const layer = stored(gzipSync(TAR));
    let isDown = true;
    const flaky = {
      ...layer,
      open: () => {
        if (isDown) throw new RegistryError("REGISTRY_UNREACHABLE", "down");
        return layer.open({});
      },
    };
    const reader = createLayerReader(createMemoryLayerCache());
    await expect(reader.read(flaky, [QUESTION])).rejects.toMatchObject({ code: "REGISTRY_UNREACHABLE" });
    isDown = false;
    expect(await reader.read(flaky, [QUESTION])).toBeDefined();
  });

  it("counts as none where its file is damaged, or stands under another layer's name", async () => {
    const layer = stored(gzipSync(TAR));
    const cache = openLayerCache(folder, "v1");
    await createLayerReader(cache).read(layer, [QUESTION]);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((each) =>
      each.includes("/"),
    );
    expect(files).toHaveLength(2);
    expect(await cache.answer(layer.diffId, "q")).toBeDefined();
    expect(await cache.listing(layer.diffId)).toBeDefined();
    expect(await cache.answer(digestOf("other"), "q")).toBeUndefined();
    const [one = "", two = ""] = files.map((name) => join(folder, name));
    const [bytes, other] = [readFileSync(one), readFileSync(two)];
    const known = async () => [await cache.answer(layer.diffId, "q"), await cache.listing(layer.diffId)];
    for (const [first, second] of [
      [other, bytes],
      [gzipSync("sha256:0 x\n{}"), bytes.subarray(0, 50)],
    ] as const) {
      writeFileSync(one, first);
      writeFileSync(two, second);
      expect(await known()).toEqual([undefined, undefined]);
    }
  });

  it("need not be kept: a folder that cannot be written makes no error", async () => {
    const layer = stored(gzipSync(TAR));
    writeFileSync(join(folder, "file"), "");
    const nowhere = openLayerCache(join(folder, "file"), "v1");
    expect(await createLayerReader(nowhere).read(layer, [QUESTION])).toBeDefined();
    expect(await createLayerReader(createMemoryLayerCache()).read(layer, [QUESTION])).toBeDefined();
  });
});
