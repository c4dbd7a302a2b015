import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditError } from "../../src/core/audit/error.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { unpack } from "../../src/edge/registry/layers/unpack.ts";
import { createZstdDecoder } from "../../src/edge/registry/layers/zstd-decoder.ts";
import { zstdFrame, zstdSkippable } from "../kit/zstd-writer.ts";

/** `printf zstd | zstd -19 --no-check`. */
const REAL = Buffer.from("28b52ffd00682100007a737464", "hex");
const RUNS = Number(process.env["LAPSTRAKE_FUZZ_RUNS"] ?? 3000);

type Unpack = typeof unpack;

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(run: Unpack, bytes: Uint8Array, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  await run(pieces(bytes, size), (piece) => void parts.push(Buffer.from(piece)), bytes.length);
  return Buffer.concat(parts);
}

/** 12 MB that differ everywhere, so that a block in the wrong place shows. */
const LARGE = Buffer.alloc(12 * 1024 * 1024);
for (let at = 0; at < LARGE.length; at += 4) LARGE.writeUInt32LE((at * 2654435761) >>> 0, at);
const STREAM = Buffer.concat([
  zstdFrame([LARGE.subarray(0, 5_000_001)]),
  zstdSkippable(REAL),
  zstdFrame([LARGE.subarray(5_000_001)]),
  REAL,
]);
const CONTENT = Buffer.concat([LARGE, Buffer.from("zstd")]);

const folder = resolve(import.meta.dirname, "../../node_modules/.cache/zstd-thread-test");
let inThread: Unpack;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const layers = resolve(import.meta.dirname, "../../src/edge/registry/layers");
  const bundle = await rolldown({
    input: { unpack: join(layers, "unpack.ts"), "zstd-worker": join(layers, "zstd-worker.ts") },
    platform: "node",
    external: ["zstddec/stream"],
  });
  await bundle.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  await bundle.close();
  // Its own export, by the names that it was built from.
  ({ unpack: inThread } = (await import(pathToFileURL(join(folder, "unpack.js")).href)) as {
    unpack: Unpack;
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each<[string, () => Unpack]>([
  ["here", () => unpack],
  ["in a thread of its own", () => inThread],
])("zstd, unpacked %s", (_where, run) => {
  it.each([1000, 65_536, 5_000_000, 20_000_000])(
    "is all frames in pieces of %i, those to pass over left out",
    async (size) => {
      expect(digestOf(await unpacked(run(), STREAM, size))).toBe(digestOf(CONTENT));
    },
  );

  it.each<[string, Buffer]>([
    ["that is cut", STREAM.subarray(0, STREAM.length - 3)],
    ["that is cut in the middle", STREAM.subarray(0, 6_000_000)],
    ["with something else behind it", Buffer.concat([STREAM, Buffer.from("nothing")])],
    ["with a damaged block", Buffer.concat([STREAM.subarray(0, 4_000_000), Buffer.alloc(2_000_000, 0xff)])],
  ])("%s is told as such", async (_what, bytes) => {
    await expect(unpacked(run(), bytes, 65_536)).rejects.toMatchObject({ code: "LAYER_COMPRESSION" });
  });

  it("is never held: a bomb is told of piece by piece, and let go of", async () => {
    const zeros = Array.from({ length: 40_000 }, () => ({ byte: 0, times: 128 * 1024 }));
    const bomb = Buffer.concat([zstdFrame([LARGE]), zstdFrame(zeros)]);
    let [bytes, letGo] = [0, false];
    async function* source() {
      try {
        yield* pieces(bomb, 1_000_000);
        for (;;) yield new Uint8Array(1000);
      } finally {
        letGo = true;
      }
    }
    const onPiece = (piece: Uint8Array): void => {
      bytes += piece.length;
      if (bytes > 200_000_000) throw new RangeError("enough");
    };
    await expect(run()(source(), onPiece, bomb.length)).rejects.toThrow("enough");
    expect([bytes < 210_000_000, letGo]).toEqual([true, true]);
  });

  it("ends with the source's own error", async () => {
    async function* broken() {
      yield STREAM.subarray(0, 6_000_000);
      throw new RangeError("cut");
    }
    await expect(run()(broken(), () => {}, STREAM.length)).rejects.toThrow("cut");
  });
});

it(
  `a damaged stream is unpacked or refused (${RUNS} times)`,
  async () => {
    const base = Buffer.concat([
      REAL,
      zstdFrame([Buffer.from("some text"), { byte: 7, times: 300 }]),
      zstdSkippable(REAL),
      REAL,
    ]);
    let state = 20261126;
    const random = (below: number): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    const seen = { read: 0, refused: 0 };
    for (let run = 0; run < RUNS; run++) {
      const bytes = Buffer.from(base);
      for (let left = 1 + random(3); left > 0; left--) bytes[random(bytes.length)] = random(256);
      const decoder = await createZstdDecoder();
      try {
        const end = random(4) === 0 ? random(bytes.length) : bytes.length;
        for (let at = 0; at < end; ) {
          const size = 1 + random(20);
          let made = 0;
          for (const part of decoder.push(bytes.subarray(at, Math.min(end, at + size)))) {
            made += part.length;
            // A block repeats a byte at most this often; nothing else makes so much of so little.
            if (made > 3 * 1024 * 1024) break;
          }
          at += size;
        }
        decoder.end();
        seen.read++;
      } catch (error) {
        if (!(error instanceof AuditError)) throw new Error(`run ${run}`, { cause: error });
        seen.refused++;
      } finally {
        decoder.free();
      }
    }
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(RUNS / 100);
  },
  24 * 3600_000,
);
