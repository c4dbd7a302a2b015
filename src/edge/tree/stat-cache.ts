import { readFileSync } from "node:fs";
import { type Digest, digestOf, parseDigest } from "../../core/base/digest.ts";
import type { TreeEntry } from "./port.ts";

/** The facts that must all be as they were for a digest to be believed. */
export type FileFacts = Pick<TreeEntry, "size" | "mtimeNs" | "ctimeNs" | "inode">;

type Row = readonly [
  path: string,
  size: number,
  mtimeNs: string,
  ctimeNs: string,
  inode: string,
  digest: Digest,
];

const HEADER = "lapstrake-stat-cache 1";
const SIZE_LIMIT = 64 * 1024 * 1024;
/** Entries of other trees or of files that are gone may stay up to this many, and up to as many as this run used. */
const SPARE_ROWS = 5000;
/**
 * Some filesystems count whole seconds (FAT two of them); a file changed that shortly before it was read could change
 * again within the same tick and look the same. Git calls such entries "racily clean".
 */
const SLACK_NS = 2_100_000_000n;

/** Content digests by absolute path, believed while size, both times and the inode are as they were. */
export class StatCache {
  /** Rows of the file in the order of their last use, the oldest first. */
  readonly #rows: Map<string, Row>;
  readonly #used = new Set<string>();
  #changed = false;

  constructor(rows: readonly Row[] = []) {
    this.#rows = new Map(rows.map((row) => [row[0], row]));
  }

  /** The cache in this file; an empty one where there is none or where anything about it is wrong. */
  static read(file: string): StatCache {
    try {
      return new StatCache(parseRows(readFileSync(file)));
    } catch {
      return new StatCache();
    }
  }

  get changed(): boolean {
    return this.#changed;
  }

  get(path: string, facts: FileFacts): Digest | undefined {
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    const same =
      row[1] === facts.size &&
      row[2] === String(facts.mtimeNs) &&
      row[3] === String(facts.ctimeNs) &&
      row[4] === String(facts.inode);
    if (!same) return undefined;
    this.#used.add(path);
    return row[5];
  }

  /** `readAtNs`: when reading of the content began. A file changed just before that is not kept: it may be racy. */
  set(path: string, facts: FileFacts, learnt: { readonly digest: Digest; readonly readAtNs: bigint }): void {
    const latest = facts.mtimeNs > facts.ctimeNs ? facts.mtimeNs : facts.ctimeNs;
    if (latest + SLACK_NS >= learnt.readAtNs) {
      if (this.#rows.delete(path)) this.#changed = true;
      return;
    }
    const { size, mtimeNs, ctimeNs, inode } = facts;
    this.#rows.set(path, [path, size, String(mtimeNs), String(ctimeNs), String(inode), learnt.digest]);
    this.#used.add(path);
    this.#changed = true;
  }

  /** The text to keep: all rows of this run, and the newest others within the bound. */
  render(): string {
    const used: Row[] = [];
    const others: Row[] = [];
    for (const row of this.#rows.values()) (this.#used.has(row[0]) ? used : others).push(row);
    const spare = Math.max(SPARE_ROWS, used.length);
    const body = JSON.stringify([...others.slice(-spare), ...used]);
    return `${HEADER} ${digestOf(body)}\n${body}`;
  }
}

function parseRows(bytes: Buffer): readonly Row[] {
  if (bytes.length > SIZE_LIMIT) return [];
  const end = bytes.indexOf(0x0a);
  const digest = parseDigest(bytes.subarray(HEADER.length + 1, end).toString("latin1"));
  const body = bytes.subarray(end + 1);
  const ours = bytes.subarray(0, HEADER.length).toString("latin1") === HEADER;
  // One flipped bit in a stored digest would name an image wrongly, so the whole is checked before it is believed.
  if (!ours || digest === undefined || digestOf(body) !== digest) return [];
  // Only `render` makes text with this header and digest, so that the shape is known.
  return JSON.parse(body.toString("utf8")) as readonly Row[];
}
