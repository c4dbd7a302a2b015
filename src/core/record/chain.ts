import { type Entry, type Head, parseEntry } from "./entry.ts";
import { RecordError } from "./error.ts";

export type ChainVerdict =
  | { readonly ok: true; readonly entries: readonly Entry[]; readonly head: Head | undefined }
  | {
      readonly ok: false;
      /** Counts from 1. */
      readonly line: number;
      readonly why: string;
      readonly code: RecordError["code"];
      /** What stands before the broken line, and is sound. */
      readonly entries: readonly Entry[];
    };

/** The entry of a line that must follow `head`. Throws RecordError as parseEntry does, and RECORD_CHAIN. */
export function parseNext(head: Head | undefined, line: string): Entry {
  const entry = parseEntry(line);
  const seq = (head?.seq ?? 0) + 1;
  if (entry.seq !== seq) {
    throw new RecordError("RECORD_CHAIN", `expected entry ${seq}, found entry ${entry.seq}`);
  }
  const previous = head?.hash ?? null;
  if (entry.previous !== previous) {
    const [expected, found] = [previous ?? "none", entry.previous ?? "none"];
    throw new RecordError("RECORD_CHAIN", `expected ${expected} as the entry before, found ${found}`);
  }
  return entry;
}

/**
 * Checks lines from the first on. What is proven: no entry was changed, removed, added or moved before the head. What is
 * not: whoever rewrites the whole file, or cuts entries off its end, is only noticed by comparing the head with one that
 * was kept elsewhere (a release record, a checkpoint).
 */
export function verifyChain(lines: Iterable<string>): ChainVerdict {
  const entries: Entry[] = [];
  for (const line of lines) {
    try {
      entries.push(parseNext(entries.at(-1), line));
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      return { ok: false, line: entries.length + 1, why: thrown.message, code: thrown.code, entries };
    }
  }
  const last = entries.at(-1);
  return { ok: true, entries, head: last && { seq: last.seq, hash: last.hash } };
}
