import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { LayerFacts } from "../../../core/audit/image/layer-facts.ts";
import { type Digest, digestOf } from "../../../core/base/digest.ts";

/** Facts of layers by diffID and question. They never change, so nothing in it is ever stale. */
export interface LayerCache {
  get(diffId: Digest, question: string): Promise<LayerFacts | undefined>;
  put(facts: LayerFacts, question: string): Promise<void>;
}

/** What an entry may unpack to; larger facts are read anew each time. */
const MAX_BYTES = 512 * 1024 * 1024;

/**
 * One file for each layer under `folder`. Its first line is the digest of the rest and its key, so that a damaged file, or
 * one that was put under another name, counts as none. `stamp` names the program: what another one learnt, or asked, may
 * be something else. A disk that cannot be written makes the next run slower, not wrong.
 */
export function openLayerCache(folder: string, stamp: string): LayerCache {
  const place = (diffId: Digest, question: string) => {
    const key = `${stamp} ${question} ${diffId}`;
    const hex = digestOf(key).slice("sha256:".length);
    return { key, path: join(folder, hex.slice(0, 2), hex) };
  };
  return {
    async get(diffId, question) {
      const { key, path } = place(diffId, question);
      try {
        const text = gunzipSync(await readFile(path), { maxOutputLength: MAX_BYTES }).toString("utf8");
        const end = text.indexOf("\n");
        const body = text.slice(end + 1);
        if (text.slice(0, end) !== `${digestOf(body)} ${key}`) return undefined;
        return revive(body);
      } catch {
        // Not there, damaged, or not readable: the registry has the layer.
        return undefined;
      }
    },
    async put(facts, question) {
      const { key, path } = place(facts.diffId, question);
      const body = JSON.stringify({
        ...facts,
        kept: [...facts.kept].map(([file, bytes]) => [file, Buffer.from(bytes).toString("base64")]),
      });
      await replace(path, gzipSync(`${digestOf(body)} ${key}\n${body}`, { level: 1 }));
    },
  };
}

export function createMemoryLayerCache(): LayerCache {
  const known = new Map<string, LayerFacts>();
  return {
    get: async (diffId, question) => known.get(`${question} ${diffId}`),
    put: async (facts, question) => void known.set(`${question} ${facts.diffId}`, facts),
  };
}

function revive(body: string): LayerFacts {
  // Written by `put` alone: the digest says so.
  const read = JSON.parse(body) as Omit<LayerFacts, "kept"> & {
    readonly kept: readonly (readonly [string, string])[];
  };
  return {
    ...read,
    kept: new Map(read.kept.map(([path, text]) => [path, new Uint8Array(Buffer.from(text, "base64"))])),
  };
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
