import { AuditError } from "../error.ts";
import { nameText } from "../tar/text.ts";
import { costOf, MAX_PATH } from "./tokens.ts";

/** Of the tables at sysdeps/generic/dl-cache.h of glibc. */
const [OLD_MAGIC, NEW_MAGIC] = ["ld.so-1.7.0", "glibc-ld.so.cache1.1"];
const [OLD_HEADER, OLD_ENTRY, NEW_HEADER, NEW_ENTRY] = [16, 12, 48, 24];
/** Where the new format says its byte order, and what is big there; one that says none is taken as little. */
const [ORDER_FLAG, BIG] = [28, 3];
const EXTENSION_MAGIC = 0xeaa42174;
const HWCAPS_TAG = 1;
/** Bit 62: the low half is an index into the names of hwcaps sub-folders, 10 bits above it a level of the CPU. */
const NAMED = 0x4000_0000;
const LEVEL_MASK = 0x3ff;
const MAX_CACHE = 64 * 1024 * 1024;
const MAX_HWCAPS = 10_000;

/** `etc/ld.so.cache`, its header and tables checked. Entries are read when they are looked at, as the loader does. */
export interface LibraryCache {
  readonly format: "new" | "combined" | "old";
  readonly byteOrder: "little" | "big";
  readonly entries: number;
  /** Sub-folders of `glibc-hwcaps` that entries refer to by their index. */
  readonly hwcaps: readonly string[];
  /** Undefined for one whose strings lie outside of the file. */
  entryAt(index: number): CacheEntry | undefined;
}

export interface CacheEntry {
  readonly name: string;
  /** Undefined where it lies outside of the file: the loader passes over the entry. */
  readonly path: string | undefined;
  readonly flags: number;
  /** Of `hwcap`, the upper and the lower half. */
  readonly hwcap: readonly [high: number, low: number];
}

/** What an entry must fit. */
export interface CacheQuery {
  /** Values of `flags` that are taken; the last is the one after which no better entry is looked for. */
  readonly flags: readonly number[];
  /** Sub-folders of `glibc-hwcaps` of the CPU, best first. */
  readonly hwcaps: readonly string[];
  /** Whether an entry for hardware of the old kind is taken: those of glibc up to 2.36. */
  takesLegacy(hwcap: readonly [high: number, low: number]): boolean;
  /** Counts entries that are looked at, and says when it is too much: millions may have one name. */
  spend(steps: number): boolean;
}

/**
 * Reads the header: the new format, the old one with the new behind it, or the old one alone. Throws AuditError
 * LD_CACHE_INVALID, with the offset, for what the loader ignores as a whole.
 */
export function parseLibraryCache(bytes: Uint8Array): LibraryCache {
  const words = new Words(bytes, (bytes[ORDER_FLAG] ?? 0) % 4 !== BIG || !isAt(bytes, 0, NEW_MAGIC));
  if (bytes.length > MAX_CACHE) throw invalid(`${bytes.length} bytes, more than any cache has`, 0);
  if (isAt(bytes, 0, NEW_MAGIC)) return newFormat(words, 0);
  if (!isAt(bytes, 0, OLD_MAGIC)) throw invalid("it does not begin as a cache does", 0);
  if (words.size <= OLD_HEADER) throw invalid("its header is not all there", bytes.length);
  const count = words.at(12);
  if (Math.floor((bytes.length - OLD_HEADER) / OLD_ENTRY) < count)
    throw invalid(`${count} entries are more than it has room for`, 12);
  // Entries of the new format are aligned to what its 64-bit member wants.
  const behind = Math.ceil((OLD_HEADER + count * OLD_ENTRY) / 8) * 8;
  if (bytes.length >= behind + NEW_HEADER && isAt(bytes, behind, NEW_MAGIC)) return newFormat(words, behind);
  const strings = OLD_HEADER + count * OLD_ENTRY;
  return {
    format: "old",
    byteOrder: "little",
    entries: count,
    hwcaps: [],
    entryAt: (index) => readEntry(words, { at: OLD_HEADER + index * OLD_ENTRY, strings, hwcap: false }),
  };
}

function newFormat(words: Words, start: number): LibraryCache {
  const { size } = words;
  if (size <= start + NEW_HEADER) throw invalid("its header is not all there", size);
  const count = words.at(start + 20);
  const order = words.byteAt(start + 28) & 3;
  if (order !== 0 && order !== (words.little ? 2 : 3))
    throw invalid("it is of another byte order", start + 28);
  if (Math.floor((size - start - NEW_HEADER) / NEW_ENTRY) < count)
    throw invalid(`${count} entries are more than it has room for`, start + 20);
  return {
    format: start === 0 ? "new" : "combined",
    byteOrder: words.little ? "little" : "big",
    entries: count,
    hwcaps: readHwcaps(words, start),
    entryAt: (index) =>
      readEntry(words, { at: start + NEW_HEADER + index * NEW_ENTRY, strings: start, hwcap: true }),
  };
}

interface EntryPlace {
  readonly at: number;
  /** Where offsets of strings count from. */
  readonly strings: number;
  readonly hwcap: boolean;
}

function readEntry(words: Words, { at, strings, hwcap }: EntryPlace): CacheEntry | undefined {
  const name = textAt(words, strings + words.at(at + 4));
  if (name === undefined) return undefined;
  return {
    name,
    path: textAt(words, strings + words.at(at + 8)),
    flags: words.at(at) | 0,
    hwcap: hwcap ? [words.at(at + 20), words.at(at + 16)] : [0, 0],
  };
}

/** The directory of extensions; one that is damaged is ignored, and the entries that need it with it. */
function readHwcaps(words: Words, start: number): readonly string[] {
  const directory = words.at(start + 32);
  const { size } = words;
  if (directory === 0 || directory % 4 !== 0 || directory + 8 > size) return [];
  if (words.at(directory) !== EXTENSION_MAGIC) return [];
  const count = words.at(directory + 4);
  if (directory + 8 + count * 16 > size) return [];
  let hwcaps: readonly string[] = [];
  for (let index = 0; index < count; index++) {
    const at = directory + 8 + index * 16;
    const [tag, offset, length] = [0, 8, 12].map((field) => words.at(at + field));
    if (tag === undefined || offset === undefined || length === undefined || offset + length > size)
      return [];
    if (tag !== HWCAPS_TAG) continue;
    hwcaps = offset % 4 === 0 && length % 4 === 0 ? hwcapsNames(words, offset, length / 4) : [];
  }
  return hwcaps;
}

function hwcapsNames(words: Words, offset: number, count: number): readonly string[] {
  const names: string[] = [];
  // The loader compares with a handful of names of its own: what comes after ten thousand is none of them.
  for (let index = 0; index < Math.min(count, MAX_HWCAPS); index++)
    names.push(textAt(words, words.at(offset + index * 4)) ?? "");
  return names;
}

/**
 * The path that the cache names for a library. Searches and chooses as the loader does (elf/dl-cache.c), also in a cache that is
 * not sorted: what it misses there is missed here.
 */
export function lookUpCache(cache: LibraryCache, name: string, query: CacheQuery): string | undefined {
  let [left, right] = [0, cache.entries - 1];
  while (left <= right) {
    const middle = (left + right) >> 1;
    const entry = cache.entryAt(middle);
    if (entry === undefined) return undefined;
    const order = compareLibraries(name, entry.name);
    if (order === 0) {
      const known = { ...query, name, known: middle };
      return bestOf(cache, firstOf(cache, known), known);
    }
    if (order < 0) left = middle + 1;
    else right = middle - 1;
  }
  return undefined;
}

type NamedQuery = CacheQuery & { readonly name: string; readonly known: number };

function firstOf(cache: LibraryCache, { name, known, spend }: NamedQuery): number {
  let first = known;
  while (first > 0 && spend(costOf(name))) {
    const before = cache.entryAt(first - 1);
    if (before === undefined || compareLibraries(name, before.name) !== 0) break;
    first--;
  }
  return first;
}

function bestOf(cache: LibraryCache, first: number, query: NamedQuery): string | undefined {
  let best: string | undefined;
  let rank = Number.POSITIVE_INFINITY;
  for (let index = first; index < cache.entries; index++) {
    if (!query.spend(costOf(query.name))) return undefined;
    const entry = cache.entryAt(index);
    if (index > query.known && (entry === undefined || compareLibraries(query.name, entry.name) !== 0)) break;
    if (entry?.path === undefined || !query.flags.includes(entry.flags)) continue;
    const [high, low] = entry.hwcap;
    const named = (high & ~LEVEL_MASK) === NAMED;
    if (!named) {
      // Those for a kind of CPU stand before all others; the old format has none.
      if (best !== undefined && cache.format !== "old") break;
      if (!query.takesLegacy(entry.hwcap)) continue;
      best = entry.path;
      if (entry.flags === query.flags.at(-1)) break;
      continue;
    }
    const place = query.hwcaps.indexOf(cache.hwcaps[low] ?? "");
    if (place >= 0 && place < rank && runsOn(high & LEVEL_MASK, query)) {
      best = entry.path;
      rank = place;
    }
  }
  return best;
}

/** An entry's own level, beside the folder that it lies in: the number of levels above the baseline that it needs. */
function runsOn(level: number, { hwcaps }: CacheQuery): boolean {
  return level <= hwcaps.length;
}

/** Runs of digits by their value, all else by its bytes; the table is sorted by it, descending (`_dl_cache_libcmp`). */
export function compareLibraries(one: string, other: string): number {
  let [at, against] = [0, 0];
  while (at < one.length) {
    const [mine, theirs] = [digitsAt(one, at), digitsAt(other, against)];
    if (mine.length > 0 || theirs.length > 0) {
      if (mine.length === 0) return -1;
      if (theirs.length === 0) return 1;
      const difference = int32(mine) - int32(theirs);
      if (difference !== 0) return difference;
      at += mine.length;
      against += theirs.length;
      continue;
    }
    const [here, there] = [one.charCodeAt(at), against < other.length ? other.charCodeAt(against) : 0];
    if (here !== there) return here - there;
    at++;
    against++;
  }
  return against < other.length ? -1 : 0;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return text.slice(at, end);
}

/** As an int of C that overflows: two long numbers may be one to the loader. */
function int32(digits: string): number {
  let value = 0;
  for (const digit of digits) value = (Math.imul(value, 10) + Number(digit)) | 0;
  return value;
}

/** Undefined where it does not end within the file, or is no path that could be opened. */
function textAt({ bytes }: Words, offset: number): string | undefined {
  const piece = bytes.subarray(offset, offset + MAX_PATH + 1);
  const end = piece.indexOf(0);
  return end < 0 ? undefined : nameText(piece.subarray(0, end));
}

class Words {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, little: boolean) {
    this.bytes = bytes;
    this.little = little;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.length;
  }

  at(offset: number): number {
    return this.#view.getUint32(offset, this.little);
  }

  byteAt(offset: number): number {
    return this.#view.getUint8(offset);
  }
}

function isAt(bytes: Uint8Array, offset: number, magic: string): boolean {
  if (bytes.length < offset + magic.length) return false;
  for (let index = 0; index < magic.length; index++)
    if (bytes[offset + index] !== magic.charCodeAt(index)) return false;
  return true;
}

function invalid(what: string, offset: number): AuditError {
  return new AuditError("LD_CACHE_INVALID", `etc/ld.so.cache: ${what} (at byte ${offset})`, {
    details: { offset },
  });
}
