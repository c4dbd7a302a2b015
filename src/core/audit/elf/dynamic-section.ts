import { DYNAMIC, type ElfBytes, ElfFields, type ElfHeader, invalid, LOAD, truncated } from "./elf-header.ts";

/** Tags of the dynamic section (gABI chapter 5; those of GNU by binutils' elf/common.h). */
export const TAG = {
  needed: 1,
  hash: 4,
  strings: 5,
  symbols: 6,
  stringsSize: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
  versionsDefined: 0x6ffffffc,
  versionsDefinedCount: 0x6ffffffd,
  versionsNeeded: 0x6ffffffe,
  versionsNeededCount: 0x6fffffff,
  auxiliary: 0x7ffffffd,
  filter: 0x7fffffff,
} as const;

const MAX_ENTRIES = 100_000;
/** Longer names are in no file system; longer lists of folders are in no file that a linker made. */
const MAX_STRING = 64 * 1024;

/** Of all names together: of a real file some ten thousand bytes; a hostile one names the same long text a million times. */
const MAX_STRINGS = 8 * 1024 * 1024;

const UTF8 = new TextDecoder();

/** The dynamic section, with the strings that it points to. */
export class DynamicSection {
  readonly #bytes: ElfBytes;
  readonly #header: ElfHeader;
  readonly #entries: readonly (readonly [tag: number, value: number])[];
  #strings: Uint8Array | undefined;
  #left = MAX_STRINGS;

  constructor(bytes: ElfBytes, header: ElfHeader, entries: DynamicSection["entries"]) {
    this.#bytes = bytes;
    this.#header = header;
    this.#entries = entries;
  }

  get entries(): readonly (readonly [tag: number, value: number])[] {
    return this.#entries;
  }

  /** The last of a tag counts, as for the loader. */
  value(tag: number): number | undefined {
    return this.#entries.findLast(([each]) => each === tag)?.[1];
  }

  texts(tag: number): readonly string[] {
    return this.#entries.filter(([each]) => each === tag).map(([, offset]) => this.string(offset));
  }

  text(tag: number): string | undefined {
    const offset = this.value(tag);
    return offset === undefined ? undefined : this.string(offset);
  }

  /** The offset in the file of what a tag points to; undefined where there is no such tag. */
  place(tag: number): number | undefined {
    const address = this.value(tag);
    return address === undefined ? undefined : offsetOf(this.#header, address);
  }

  string(offset: number): string {
    const table = this.#table();
    const limit = Math.min(table.length, offset + MAX_STRING);
    const end = table.indexOf(0, offset);
    if (offset >= table.length || end < 0 || end >= limit)
      throw invalid(
        `a name at ${offset} of a string table of ${table.length} bytes does not end in it`,
        offset,
      );
    this.#left -= end - offset;
    if (this.#left < 0) throw invalid(`its names have more than ${MAX_STRINGS} bytes`, offset);
    return UTF8.decode(table.subarray(offset, end));
  }

  /** Whether a name is this text, or with `prefix` begins with it; without making a text of it. */
  isAt(offset: number, text: Uint8Array, how: "whole" | "prefix"): boolean {
    const table = this.#table();
    for (let index = 0; index < text.length; index++) if (table[offset + index] !== text[index]) return false;
    return how === "prefix" || table[offset + text.length] === 0;
  }

  get strings(): Uint8Array {
    return this.#table();
  }

  #table(): Uint8Array {
    this.#strings ??= this.#readTable();
    return this.#strings;
  }

  #readTable(): Uint8Array {
    const at = this.place(TAG.strings);
    const size = this.value(TAG.stringsSize) ?? 0;
    if (at === undefined || size === 0) return new Uint8Array(0);
    if (at + size > this.#bytes.size) throw truncated("the string table", at);
    return this.#bytes.slice(at, size);
  }
}

/** Undefined in a file without one: a static program, an object file. Throws AuditError ELF_INVALID, ELF_TRUNCATED. */
export function readDynamic(bytes: ElfBytes, header: ElfHeader): DynamicSection | undefined {
  const segment = header.segments.find(({ type }) => type === DYNAMIC);
  if (segment === undefined) return undefined;
  const { offset, size } = segment;
  if (offset + size > bytes.size) throw truncated("the dynamic section", offset);
  const step = header.class === 64 ? 16 : 8;
  if (size / step > MAX_ENTRIES) throw invalid(`a dynamic section of ${size} bytes`, offset);
  const fields = new ElfFields(bytes.slice(offset, size), {
    wide: header.class === 64,
    little: header.byteOrder === "little",
  });
  const entries: (readonly [number, number])[] = [];
  for (let at = 0; at + step <= size; at += step) {
    const tag = fields.word(at);
    if (tag === 0) break;
    entries.push([tag, fields.word(at + step / 2)]);
  }
  return new DynamicSection(bytes, header, entries);
}

/** Where an address of the running program lies in the file. */
export function offsetOf({ segments }: ElfHeader, address: number): number {
  const segment = segments.find(
    ({ type, address: start, size }) => type === LOAD && address >= start && address < start + size,
  );
  if (segment === undefined) throw invalid(`address ${address.toString(16)} is in no loaded segment`, 0);
  return address - segment.address + segment.offset;
}
