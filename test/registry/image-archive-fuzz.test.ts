import { expect, it } from "vitest";
import { LapstrakeError } from "../../src/core/base/error.ts";
import { layersOf } from "../../src/edge/registry/images/layers-of.ts";
import { readStored } from "../../src/edge/registry/images/read-stored.ts";
import { resolveImage } from "../../src/edge/registry/images/resolve-image.ts";
import { createStreamedImage } from "../../src/edge/registry/images/streamed-image.ts";
import { listTar } from "../../src/edge/registry/images/tar-store.ts";
import { createMemoryLayerCache } from "../../src/edge/registry/layers/layer-cache.ts";
import { createLayerReader } from "../../src/edge/registry/layers/layer-reader.ts";
import { KEEP_ALL } from "../audit/layers.ts";
import { imageParts, layoutItems, oldArchiveItems } from "../kit/image-forms.ts";
import { createRandom } from "../kit/seeded-random.ts";
import { folderItem, linkItem, type TarItem, tarOf } from "../kit/tar-writer.ts";

/** 3,000 take two seconds; LAPSTRAKE_FUZZ_RUNS asks for more, LAPSTRAKE_FUZZ_SEED for others. */
const RUNS = Number(process.env["LAPSTRAKE_FUZZ_RUNS"] ?? 3000);
const SEED = Number(process.env["LAPSTRAKE_FUZZ_SEED"] ?? 20261126);
const PLATFORM = { os: "linux", architecture: "amd64" };
const BLOCK = 512;

const PARTS = imageParts(
  [[folderItem("a"), { path: "a/b", content: "text" }, linkItem("a/c", "b")], [{ path: "a/.wh.b" }]],
  { compress: (tar) => tar.subarray(0, -BLOCK) },
);
const OLD = oldArchiveItems(PARTS, ["demo:1"]).map((item): TarItem => {
  // Without a digest in its name, a changed config is read on.
  if (item.path === "manifest.json")
    return { ...item, content: String(item.content).replace(/"[0-9a-f]{64}\.json"/, '"c.json"') };
  return /^[0-9a-f]{64}\.json$/.test(item.path) ? { ...item, path: "c.json" } : item;
});
const BASES = [
  tarOf(layoutItems([{ parts: PARTS, name: "demo:1" }])),
  tarOf(OLD),
  tarOf(oldArchiveItems(imageParts([[{ path: "x", content: "x" }]]))),
];

const PIECES = [
  "\0",
  "[",
  "]",
  "{",
  "}",
  '"',
  ":",
  ",",
  "null",
  "../",
  "/",
  "sha256:",
  "9".repeat(12),
  "\x80",
  "\xff",
];
const FIELDS = [0, 100, 108, 116, 124, 136, 148, 156, 157, 257, 263, 345, 482, 483, 500] as const;

function mutate(base: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(base);
  for (let left = 1 + random(4); left > 0; left--) {
    const at = random(Math.max(1, bytes.length));
    const block = at - (at % BLOCK);
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        put(bytes, PIECES[random(PIECES.length)] ?? "", at);
        break;
      case 2:
        put(bytes, PIECES[random(PIECES.length)] ?? "", block + (FIELDS[random(FIELDS.length)] ?? 0));
        break;
      case 3:
        put(bytes, "0123456789xgLKSV\0".charAt(random(17)), block + 156);
        break;
      case 4:
        bytes = bytes.subarray(0, at);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, block + BLOCK), bytes.subarray(random(bytes.length))]);
        break;
      default:
        put(
          bytes,
          random(2 ** 30)
            .toString(8)
            .padStart(11, "0"),
          block + 124,
        );
    }
    if (random(2) === 0) sign(bytes, block);
  }
  return bytes;
}

/** As far as there is room. */
function put(bytes: Buffer, text: string, at: number): void {
  if (at < bytes.length) bytes.write(text, at, "latin1");
}

/** Makes a header's checksum right again, so that what follows it is looked at. */
function sign(bytes: Buffer, block: number): void {
  if (block + BLOCK > bytes.length) return;
  bytes.write("        ", block + 148, "latin1");
  let sum = 0;
  for (let at = block; at < block + BLOCK; at++) sum += bytes[at] ?? 0;
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, block + 148, "latin1");
}

async function readArchive(bytes: Buffer): Promise<number> {
  const store = await listTar({
    size: bytes.length,
    read: async (into, at) => bytes.copy(into, 0, at),
    close: async () => {},
  });
  const { config, layers } = await resolveImage(store, {
    name: "fuzz",
    image: undefined,
    platform: PLATFORM,
  });
  const stored = layersOf("fuzz", config, layers, ({ path }) => ({
    name: path,
    size: 1,
    open: (options) => store.open(path, options),
  }));
  return (await readStored(stored, ask())).length;
}

async function readStream(bytes: Buffer, piece: number): Promise<number> {
  const open = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  return (await createStreamedImage({ name: "fuzz", open }).read(ask())).layers.length;
}

function ask() {
  const reader = createLayerReader(createMemoryLayerCache());
  return { platform: PLATFORM, reader, questions: [KEEP_ALL] };
}

/** The code of the error that it ends with, or `read`. Anything but an error of ours is a fault of the reader. */
async function outcome(reading: Promise<number>): Promise<string> {
  try {
    await reading;
    return "read";
  } catch (error) {
    if (error instanceof LapstrakeError) return error.code;
    throw error;
  }
}

it(
  `an archive that was damaged anywhere is read or refused (${RUNS} times from ${SEED})`,
  async () => {
    const random = createRandom(SEED);
    const seen = new Map<string, number>();
    for (let run = 0; run < RUNS; run++) {
      const bytes = mutate(BASES[run % BASES.length] ?? Buffer.alloc(0), random);
      const reading = run % 4 === 3 ? readStream(bytes, 300 + random(4000)) : readArchive(bytes);
      const code = await outcome(reading).catch((error: unknown) => {
        throw new Error(`run ${run} of seed ${SEED}`, { cause: error });
      });
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
    if (RUNS > 3000) console.log(RUNS, SEED, Object.fromEntries(seen));
    // The mutations reach all that there is to reach.
    for (const code of [
      "read",
      "TAR_INVALID",
      "TAR_TRUNCATED",
      "ARCHIVE_INVALID",
      "MANIFEST_UNKNOWN",
      "OCI_MANIFEST",
      "OCI_CONFIG",
      "LAYER_DIFFID",
    ])
      expect([...seen.keys()]).toContain(code);
  },
  24 * 3600_000,
);
