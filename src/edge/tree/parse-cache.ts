import { readFileSync } from "node:fs";
import { digestOf } from "../../core/base/digest.ts";
import type { ParseCache } from "./port.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

const SIZE_LIMIT = 256 * 1024 * 1024;

/**
 * What texts were parsed to, kept in this file. The first line is the digest of the rest, so that a damaged or edited
 * file counts as none. `stamp` names the program: another one parses anew. `unused`: how many entries stay that a run did
 * not use, the last used first.
 */
export function openParseCache(file: string, stamp: string, unused = 0): ParseCache {
  const known = readEntries(file, stamp);
  const used = new Map<string, unknown>();
  let changed = false;
  return {
    get(key) {
      const value = used.get(key) ?? known.get(key);
      if (value !== undefined) used.set(key, value);
      return value;
    },
    set(key, value) {
      used.set(key, value);
      changed = true;
    },
    async save() {
      const others = [...known].filter(([key]) => !used.has(key)).slice(0, unused);
      // Little more than what this run used is kept, so that the file does not grow with the history of the tree.
      if (!changed && used.size + others.length === known.size) return;
      const body = JSON.stringify({ stamp, entries: [...used, ...others] });
      await writeFileAtomic(file, `${digestOf(body)}\n${body}`);
      changed = false;
    },
  };
}

function readEntries(file: string, stamp: string): ReadonlyMap<string, unknown> {
  try {
    const text = readFileSync(file, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    if (text.length > SIZE_LIMIT || digestOf(body) !== text.slice(0, end)) return new Map();
    // Written by `save` alone: the digest says so.
    const read = JSON.parse(body) as { stamp: string; entries: [string, unknown][] };
    return read.stamp === stamp ? new Map(read.entries) : new Map();
  } catch {
    // Missing, unreadable or damaged: everything is parsed anew, and the file is written over.
    return new Map();
  }
}
