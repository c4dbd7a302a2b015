import { type Digest, digestFrom, digestOf, writeDigest } from "../../core/base/digest.ts";
import type { Entry } from "../../core/record/entry.ts";

/** What a row of the index says of an entry; row 0 is entry 1. */
export type IndexedEntry = Pick<Entry, "kind" | "hash"> & {
  /** Where its line begins, in bytes. */
  readonly offset: number;
};

/**
 * Where each entry of a ledger stands, of which kind it is, and its hash: so that a few kinds are found among many entries
 * without reading the others. A cache: whatever does not fit the ledger is thrown away and made anew, and nothing is
 * proven by it.
 */
export interface LedgerIndex {
  readonly entries: number;
  /** How many bytes of the ledger it covers. */
  readonly end: number;
  row(number: number): IndexedEntry;
  /** The numbers of the rows of these kinds, in order. */
  rowsOf(kinds: ReadonlySet<string>): readonly number[];
}

/** Offset in 6 bytes, number of the kind in 2, hash in 32. */
const ROW_BYTES = 40;
const HASH_AT = 8;

interface Heading {
  readonly version: 1;
  readonly end: number;
  readonly kinds: readonly string[];
  /** Of the members before and of the rows. */
  readonly digest: Digest;
}

export function formatIndex(rows: readonly IndexedEntry[], end: number): Buffer {
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const numbers = new Map(kinds.map((kind, number) => [kind, number]));
  const bytes = Buffer.allocUnsafe(rows.length * ROW_BYTES);
  for (const [number, { offset, kind, hash }] of rows.entries()) {
    const at = number * ROW_BYTES;
    bytes.writeUIntBE(offset, at, 6);
    bytes.writeUInt16BE(numbers.get(kind) ?? 0, at + 6);
    writeDigest(hash, bytes, at + HASH_AT);
  }
  const heading: Heading = { version: 1, end, kinds, digest: sumOf({ end, kinds }, bytes) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(heading)}\n`), bytes]);
}

/** The index in these bytes, or undefined where they are not what was written. */
export function parseIndex(bytes: Buffer): LedgerIndex | undefined {
  const split = bytes.indexOf(0x0a);
  const heading = parseHeading(bytes.subarray(0, Math.max(0, split)).toString("utf8"));
  const rows = bytes.subarray(split + 1);
  if (heading === undefined || rows.length % ROW_BYTES !== 0) return undefined;
  const { end, kinds } = heading;
  if (heading.digest !== sumOf({ end, kinds }, rows)) return undefined;
  return indexOf(heading, rows);
}

function indexOf({ end, kinds }: Heading, rows: Buffer): LedgerIndex {
  const entries = rows.length / ROW_BYTES;
  return {
    entries,
    end,
    row(number) {
      const at = number * ROW_BYTES;
      return {
        offset: rows.readUIntBE(at, 6),
        kind: kinds[rows.readUInt16BE(at + 6)] ?? "",
        hash: digestFrom(rows.subarray(at + HASH_AT, at + ROW_BYTES)),
      };
    },
    rowsOf(wanted) {
      const isWanted = kinds.map((kind) => wanted.has(kind));
      const found: number[] = [];
      for (let number = 0; number < entries; number++) {
        if (isWanted[rows.readUInt16BE(number * ROW_BYTES + 6)] === true) found.push(number);
      }
      return found;
    },
  };
}

function parseHeading(text: string): Heading | undefined {
  try {
    // What is in it is judged by its digest, over the members that are used.
    const heading = JSON.parse(text) as Partial<Heading> | null;
    if (heading?.version !== 1 || !Number.isSafeInteger(heading.end) || !Array.isArray(heading.kinds))
      return undefined;
    return heading as Heading;
  } catch {
    return undefined;
  }
}

/** Against a damaged disk, not against people: they would compute it anew. */
function sumOf(heading: Pick<Heading, "end" | "kinds">, rows: Uint8Array): Digest {
  const { end, kinds } = heading;
  return digestOf(`${JSON.stringify([1, end, kinds])}\n${digestOf(rows)}`);
}
