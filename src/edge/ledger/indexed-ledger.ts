import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { verifyChain } from "../../core/record/chain.ts";
import { type Entry, parseEntry } from "../../core/record/entry.ts";
import { RecordError } from "../../core/record/error.ts";
import type { OpenFile } from "./ledger-file.ts";
import { formatIndex, type IndexedEntry, type LedgerIndex, parseIndex } from "./ledger-index.ts";
import { lineOf, linesFrom, readExactly } from "./lines.ts";

/** So many entries are parsed in ten milliseconds; below, an index is not worth its file. */
const WORTH_SAVING = 1000;

/** The file has another line at a place than the index says, or than follows the line before. */
export class IndexMismatch extends Error {}

export interface BrokenLine {
  readonly line: number;
  readonly why: string;
}

/**
 * The entries of these kinds, in order. Those that the index covers are read at their places, and each must have the hash
 * that the index has for it; those after are read as a chain that continues the index. A broken chain gives the place.
 */
export function entriesOfKinds(
  open: OpenFile,
  indexPath: string,
  kinds: ReadonlySet<string>,
): readonly Entry[] | BrokenLine {
  const index = readFitting(open, indexPath);
  if (index !== undefined) {
    try {
      return readKinds(open, { index, indexPath, kinds });
    } catch (thrown) {
      if (!(thrown instanceof IndexMismatch)) throw thrown;
      discard(indexPath);
    }
  }
  return readKinds(open, { index: undefined, indexPath, kinds });
}

/** Whether the index says of every entry what the ledger says; undefined where there is none that could be used. */
export function checkIndex(
  indexPath: string,
  entries: readonly Pick<Entry, "kind" | "hash">[],
): boolean | undefined {
  const index = readIndex(indexPath);
  if (index === undefined) return undefined;
  if (index.entries > entries.length) return false;
  for (let number = 0; number < index.entries; number++) {
    const [row, entry] = [index.row(number), entries[number]];
    if (row.hash !== entry?.hash || row.kind !== entry.kind) return false;
  }
  return true;
}

interface Reading {
  readonly index: LedgerIndex | undefined;
  readonly indexPath: string;
  readonly kinds: ReadonlySet<string>;
}

function readKinds(open: OpenFile, { index, indexPath, kinds }: Reading): readonly Entry[] | BrokenLine {
  const covered = index?.rowsOf(kinds).map((number) => entryAt(open, index, number)) ?? [];
  const found = [...covered];
  const rows: IndexedEntry[] = [];
  let offset = index?.end ?? 0;
  let length = 0;
  const lines = function* () {
    for (const line of linesFrom(open.file, offset, open.end)) {
      length = line.length;
      yield lineOf(line);
    }
  };
  const verdict = verifyChain(lines(), {
    visit: (entry) => {
      rows.push({ offset, kind: entry.kind, hash: entry.hash });
      offset += length + 1;
      if (kinds.has(entry.kind)) found.push(entry);
    },
    after: index && entryAt(open, index, index.entries - 1),
  });
  if (!verdict.ok) return { line: verdict.line, why: verdict.why };
  if (rows.length >= WORTH_SAVING) save(indexPath, [...rowsOf(index), ...rows], offset);
  return found;
}

/** The index, where its last row is the line that ends where the index does. */
function readFitting(open: OpenFile, path: string): LedgerIndex | undefined {
  const index = readIndex(path);
  if (index === undefined || index.entries === 0 || index.end > open.end) return undefined;
  try {
    entryAt(open, index, index.entries - 1);
    return index;
  } catch (thrown) {
    if (thrown instanceof IndexMismatch) return undefined;
    throw thrown;
  }
}

function readIndex(path: string): LedgerIndex | undefined {
  try {
    return parseIndex(readFileSync(path));
  } catch {
    return undefined;
  }
}

function entryAt({ file }: OpenFile, index: LedgerIndex, number: number): Entry {
  const { offset, hash, kind } = index.row(number);
  const next = number + 1 === index.entries ? index.end : index.row(number + 1).offset;
  const length = next - offset;
  const bytes = length > 1 ? readExactly(file, offset, length) : Buffer.alloc(0);
  if (bytes.at(-1) !== 0x0a) throw new IndexMismatch();
  try {
    const entry = parseEntry(lineOf(bytes.subarray(0, -1)));
    if (entry.seq === number + 1 && entry.hash === hash && entry.kind === kind) return entry;
  } catch (thrown) {
    if (!(thrown instanceof RecordError)) throw thrown;
  }
  throw new IndexMismatch();
}

function rowsOf(index: LedgerIndex | undefined): readonly IndexedEntry[] {
  return index === undefined ? [] : Array.from({ length: index.entries }, (_, number) => index.row(number));
}

/** Whole or not at all. What cannot be saved is made again by the next reader. */
function save(path: string, rows: readonly IndexedEntry[], end: number): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, formatIndex(rows, end));
    renameSync(temporary, path);
  } catch {
    discard(temporary);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A folder that may only be read: the next reader judges it anew.
  }
}
