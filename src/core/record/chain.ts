import { type Entry, type Head, parseEntry } from "./entry.ts";
import { RecordError } from "./error.ts";

/** The last entry that is sound, and when it was made. */
export type DatedHead = Head & Pick<Entry, "time">;

interface SoundPart {
  /** How many entries are sound, from the first on. */
  readonly entries: number;
  readonly head: DatedHead | undefined;
}

export type ChainVerdict =
  | ({ readonly ok: true } & SoundPart)
  | ({
      readonly ok: false;
      /** The first line that is not sound; counts from 1. */
      readonly line: number;
      readonly why: string;
      readonly code: RecordError["code"];
    } & SoundPart);

/** The entry of a line that must follow `head`. Throws RecordError as parseEntry does, and RECORD_CHAIN. */
export function parseNext(head: Head | undefined, line: string): Entry {
  const entry = parseEntry(line, head?.hash);
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

export interface ChainOptions {
  /** Is given each sound entry. */
  readonly visit?: (entry: Entry) => void;
  /** The entry before the first line, where the lines are the end of a chain. */
  readonly after?: DatedHead | undefined;
}

/**
 * Checks lines from the first on. What is proven: no entry was changed, removed, added or moved before the head. What is
 * not: whoever rewrites the whole file, or cuts entries off its end, is only noticed by comparing it with what was kept
 * elsewhere (a checkpoint, a release record).
 */
export function verifyChain(lines: Iterable<string>, { visit, after }: ChainOptions = {}): ChainVerdict {
  let head = after;
  for (const line of lines) {
    let entry: Entry;
    try {
      entry = parseNext(head, line);
    } catch (thrown) {
      if (!(thrown instanceof RecordError)) throw thrown;
      return { ok: false, line: countOf(head) + 1, why: thrown.message, code: thrown.code, ...sound(head) };
    }
    head = entry;
    visit?.(entry);
  }
  return { ok: true, ...sound(head) };
}

function sound(head: DatedHead | undefined): SoundPart {
  return { entries: countOf(head), head: head && { seq: head.seq, hash: head.hash, time: head.time } };
}

function countOf(head: Head | undefined): number {
  return head?.seq ?? 0;
}
