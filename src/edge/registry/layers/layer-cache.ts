import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { LayerAnswer, LayerListing } from "../../../core/audit/image/layer-facts.ts";
import { type Digest, digestOf, finishDigest } from "../../../core/base/digest.ts";

/** What was learnt of layers: by diffID the listing, and by question each answer. It never changes, so nothing is ever stale. */
export interface LayerCache {
  listing(diffId: Digest): Promise<LayerListing | undefined>;
  answer(diffId: Digest, question: string): Promise<LayerAnswer | undefined>;
  putListing(listing: LayerListing): Promise<void>;
  putAnswer(diffId: Digest, question: string, answer: LayerAnswer): Promise<void>;
}

/** What an entry may unpack to; larger facts are read anew each time. */
const MAX_BYTES = 512 * 1024 * 1024;
/** Of the JSON in it: no text of V8 is longer. */
const MAX_TEXT = 256 * 1024 * 1024;
const NO_CONTENTS: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * One file for each listing and each answer under `folder`. Its first line is the digest of the rest and its key, so that
 * a damaged file, or one that was put under another name, counts as none. `stamp` names the program: what another one
 * learnt, or asked, may be something else. A disk that cannot be written makes the next run slower, not wrong.
 */
export function openLayerCache(folder: string, stamp: string): LayerCache {
  const place = (diffId: Digest, what: string): Place => {
    const key = `${stamp} ${what} ${diffId}`;
    const hex = digestOf(key).slice("sha256:".length);
    return { key, path: join(folder, hex.slice(0, 2), hex) };
  };
  return {
    async listing(diffId) {
      const found = await readPlace(place(diffId, "listing"));
      // Written by `putListing` alone: the digest says so.
      return found?.value as LayerListing | undefined;
    },
    async answer(diffId, question) {
      const found = await readPlace(place(diffId, `answer ${question}`));
      if (found === undefined) return undefined;
      // Written by `putAnswer` alone: the digest says so.
      return { ...(found.value as Omit<LayerAnswer, "kept">), kept: found.contents };
    },
    putListing: (listing) => writePlace(place(listing.diffId, "listing"), listing, NO_CONTENTS),
    putAnswer: (diffId, question, { kept, ...rest }) =>
      writePlace(place(diffId, `answer ${question}`), rest, kept),
  };
}

export function createMemoryLayerCache(): LayerCache {
  const listings = new Map<Digest, LayerListing>();
  const answers = new Map<string, LayerAnswer>();
  return {
    listing: async (diffId) => listings.get(diffId),
    answer: async (diffId, question) => answers.get(`${question} ${diffId}`),
    putListing: async (listing) => void listings.set(listing.diffId, listing),
    putAnswer: async (diffId, question, answer) => void answers.set(`${question} ${diffId}`, answer),
  };
}

interface Place {
  readonly key: string;
  readonly path: string;
}

interface Found {
  readonly value: unknown;
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** After the line with the digest: a line of JSON `[value, [[path, size], …]]`, and the contents one after the other. */
async function readPlace({ key, path }: Place): Promise<Found | undefined> {
  try {
    const bytes = gunzipSync(await readFile(path), { maxOutputLength: MAX_BYTES });
    const first = bytes.indexOf("\n") + 1;
    const body = bytes.subarray(first);
    if (bytes.toString("utf8", 0, first) !== `${digestOf(body)} ${key}\n`) return undefined;
    const end = body.indexOf("\n") + 1;
    // The digest says that `writePlace` wrote it.
    const [value, sizes] = JSON.parse(body.toString("utf8", 0, end)) as [unknown, [string, number][]];
    let at = end;
    const contents = new Map<string, Uint8Array>();
    for (const [name, size] of sizes) {
      contents.set(name, new Uint8Array(body.subarray(at, at + size)));
      at += size;
    }
    return { value, contents };
  } catch {
    // Not there, damaged, or not readable: the layer itself is read.
    return undefined;
  }
}

async function writePlace(
  { key, path }: Place,
  value: unknown,
  contents: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const sizes = [...contents].map(([name, { length }]) => [name, length]);
  const text = textOf([value, sizes]);
  if (text === undefined) return;
  const parts = [Buffer.from(text), ...contents.values()];
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const whole = Buffer.concat([Buffer.from(`${finishDigest(hash)} ${key}\n`), ...parts]);
  if (whole.length <= MAX_BYTES) await replace(path, gzipSync(whole, { level: 1 }));
}

/** Undefined where it would be larger than a text may be. */
function textOf(value: unknown): string | undefined {
  try {
    const text = JSON.stringify(value);
    return text.length <= MAX_TEXT ? `${text}\n` : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch {
    await unlink(temporary).catch(() => {});
  }
}
