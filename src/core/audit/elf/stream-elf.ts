import { AuditError } from "../error.ts";
import { offsetOf, readDynamic, TAG } from "./dynamic-section.ts";
import type { ElfFacts } from "./elf-facts.ts";
import {
  DYNAMIC,
  type ElfHeader,
  HEADER_BYTES,
  INTERPRETER,
  LOAD,
  NOTE,
  readHeader,
  segmentTable,
} from "./elf-header.ts";
import { FatBinaryScan } from "./fat-binary-scan.ts";
import { type ByteRange, HeldBytes, RangeMissed } from "./held-bytes.ts";
import { LibraryNameScan } from "./library-name-scan.ts";
import { type ElfTables, readElf } from "./read-elf.ts";

export type StreamedElf =
  | { readonly state: "read"; readonly elf: ElfFacts }
  | { readonly state: "invalid"; readonly why: string }
  /** Tables went by before anything said where they are: the file is to be read once more, with these ranges. */
  | { readonly state: "again"; readonly ranges: readonly ByteRange[] };

/** The front of most files holds all that the loader reads; so much is kept of each while it passes. */
const FRONT = 32 * 1024 * 1024;
/** Of tables behind it: a linker that moves them (patchelf) puts them at the end, in one piece. */
const WANTED = 96 * 1024 * 1024;
/** Moved tables may stand before the section that says where they are: segments of up to this size are held as they come. */
const SMALL = 8 * 1024 * 1024;
/** Of one table: those that do not say how long they are may be taken for longer than they are. */
const TABLE = 16 * 1024 * 1024;

/**
 * Takes an ELF file as it passes by, in memory that does not grow with it. The tables are found by the program headers at
 * its front, and those that are still to come are held when they come.
 */
export class ElfStream {
  readonly #held: HeldBytes;
  readonly #size: number;
  readonly #gpu = new FatBinaryScan();
  readonly #names = new LibraryNameScan();
  #header: ElfHeader | undefined;
  #hasTables = false;
  #failure: AuditError | undefined;

  /** `ranges`: of a first reading, which missed them. */
  constructor(size: number, ranges: readonly ByteRange[] = [], limits = { front: FRONT, wanted: WANTED }) {
    this.#size = size;
    this.#held = new HeldBytes(size, limits);
    for (const range of ranges) this.#held.want(range);
  }

  data(piece: Uint8Array): void {
    if (this.#failure !== undefined) return;
    this.#held.add(piece);
    this.#gpu.add(piece);
    this.#names.add(piece);
    if (this.#held.at >= this.#size) return;
    try {
      this.#lookAhead();
    } catch (thrown) {
      // What went by before it was known where it is: the end asks for a second reading.
      if (thrown instanceof RangeMissed) return;
      if (!(thrown instanceof AuditError)) throw thrown;
      this.#failure = thrown;
    }
  }

  end(): StreamedElf {
    const read = this.#read();
    this.#held.release();
    return read;
  }

  #read(): StreamedElf {
    if (this.#failure !== undefined) return { state: "invalid", why: this.#failure.message };
    return this.#orInvalid(() => {
      try {
        return { state: "read", elf: this.#facts(readElf(this.#bytes())) };
      } catch (thrown) {
        if (thrown instanceof RangeMissed) return { state: "again", ranges: this.#ranges(thrown.range) };
        throw thrown;
      }
    });
  }

  #orInvalid(read: () => StreamedElf): StreamedElf {
    try {
      return read();
    } catch (thrown) {
      if (thrown instanceof AuditError) return { state: "invalid", why: thrown.message };
      throw thrown;
    }
  }

  #facts(tables: ElfTables): ElfFacts {
    const gpu = this.#gpu.facts();
    const names = tables.dlopen.imported ? this.#names.found(tables.needed, tables.soname) : [];
    return {
      ...tables,
      dlopen: { ...tables.dlopen, names },
      ...(gpu === undefined ? {} : { gpu }),
    };
  }

  #bytes() {
    return { size: this.#size, slice: (start: number, length: number) => this.#held.slice(start, length) };
  }

  /** Asks for the tables that are still to come, as soon as it is known where they are. */
  #lookAhead(): void {
    if (this.#header === undefined) {
      if (this.#held.at < HEADER_BYTES) return;
      const table = segmentTable(this.#held.slice(0, HEADER_BYTES));
      const range = { start: table.start, end: table.start + table.length };
      this.#held.want(range);
      if (!this.#held.hasPassed(range)) return;
      this.#header = readHeader(this.#bytes());
      for (const { type, offset, size } of this.#header.segments)
        if (type === DYNAMIC || type === NOTE || type === INTERPRETER || (type === LOAD && size <= SMALL))
          this.#held.want({ start: offset, end: offset + size });
    }
    if (!this.#hasTables) this.#wantTables(this.#header);
  }

  #wantTables(header: ElfHeader): void {
    const segment = header.segments.find(({ type }) => type === DYNAMIC);
    if (segment === undefined || !this.#held.hasPassed({ start: 0, end: segment.offset + segment.size }))
      return;
    this.#hasTables = true;
    // Those that came already are in the front, or are asked for in a second reading.
    for (const range of tableRanges(header, this.#bytes())) this.#held.want(range);
  }

  /** Once one was missed, all tables are asked for: each reading costs the whole layer. */
  #ranges(missed: ByteRange): readonly ByteRange[] {
    try {
      const header = this.#header ?? readHeader(this.#bytes());
      return [missed, ...tableRanges(header, this.#bytes())];
    } catch (thrown) {
      if (thrown instanceof RangeMissed) return [missed, thrown.range];
      throw thrown;
    }
  }
}

/** From each table to the end of its segment: most tables do not say how long they are. */
function tableRanges(
  header: ElfHeader,
  bytes: { readonly size: number; slice(start: number, length: number): Uint8Array },
) {
  const dynamic = readDynamic(bytes, header);
  const starts = [
    TAG.strings,
    TAG.symbols,
    TAG.hash,
    TAG.gnuHash,
    TAG.versionsNeeded,
    TAG.versionsDefined,
  ].flatMap((tag) => {
    const address = dynamic?.value(tag);
    return address === undefined ? [] : [offsetOf(header, address)];
  });
  const bySegment = new Map<number, ByteRange>();
  for (const start of starts) {
    const segment = header.segments.find(
      ({ type, offset, size }) => type === LOAD && offset <= start && start < offset + size,
    );
    if (segment === undefined) continue;
    const end = Math.min(segment.offset + segment.size, start + TABLE);
    const known = bySegment.get(segment.offset);
    bySegment.set(segment.offset, {
      start: Math.min(start, known?.start ?? start),
      end: Math.max(end, known?.end ?? end),
    });
  }
  return [...bySegment.values()];
}
