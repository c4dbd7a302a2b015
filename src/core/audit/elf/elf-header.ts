import { AuditError } from "../error.ts";
import type { ElfFacts } from "./elf-facts.ts";

/** The bytes of a file, by range. Throws what it throws where it does not have them. */
export interface ElfBytes {
  readonly size: number;
  slice(start: number, length: number): Uint8Array;
}

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  /** In the file. */
  readonly size: number;
}

export interface ElfHeader extends Pick<ElfFacts, "class" | "byteOrder" | "machine" | "type" | "osAbi"> {
  readonly segments: readonly Segment[];
}

export const LOAD = 1;
export const DYNAMIC = 2;
export const INTERPRETER = 3;
export const NOTE = 4;

/** Of the longest header, and the first that tells one from no ELF file. */
export const HEADER_BYTES = 64;
const MAX_SEGMENTS = 1024;
const TYPES = ["other", "relocatable", "executable", "shared", "core"] as const;

export function isElf(head: Uint8Array): boolean {
  return head.length >= 4 && head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/** Where the program headers lie. Throws AuditError ELF_INVALID. */
export function segmentTable(head: Uint8Array): { readonly start: number; readonly length: number } {
  const { fields } = openHeader(head);
  const count = fields.half(fields.wide ? 56 : 44);
  const entry = fields.half(fields.wide ? 54 : 42);
  const length = fields.wide ? 56 : 32;
  if (count > MAX_SEGMENTS)
    throw invalid(`expected at most ${MAX_SEGMENTS} program headers, found ${count}`, 0);
  if (count > 0 && entry !== length)
    throw invalid(`expected program headers of ${length} bytes, found ${entry}`, 0);
  return { start: fields.word(fields.wide ? 32 : 28), length: count * length };
}

/** Reads the file header and the program headers (gABI, chapters 4 and 5). Throws AuditError ELF_INVALID, ELF_TRUNCATED. */
export function readHeader(bytes: ElfBytes): ElfHeader {
  if (bytes.size < 52) throw truncated("the file header", bytes.size);
  const head = bytes.slice(0, Math.min(HEADER_BYTES, bytes.size));
  const { fields, byteOrder } = openHeader(head);
  const { wide } = fields;
  const { start, length } = segmentTable(head);
  if (start + length > bytes.size) throw truncated("the program headers", start);
  const table = new ElfFields(bytes.slice(start, length), { wide, little: fields.little });
  const step = wide ? 56 : 32;
  const segments: Segment[] = [];
  for (let at = 0; at < length; at += step) {
    segments.push({
      type: table.int(at),
      offset: table.word(at + (wide ? 8 : 4)),
      address: table.word(at + (wide ? 16 : 8)),
      size: table.word(at + (wide ? 32 : 16)),
    });
  }
  return {
    class: wide ? 64 : 32,
    byteOrder,
    machine: fields.half(18),
    type: TYPES[fields.half(16)] ?? "other",
    osAbi: head[7] ?? 0,
    segments,
  };
}

function openHeader(head: Uint8Array): {
  readonly fields: ElfFields;
  readonly byteOrder: ElfFacts["byteOrder"];
} {
  const [bits, order] = [head[4], head[5]];
  if (bits !== 1 && bits !== 2) throw invalid(`expected class 1 or 2, found ${bits ?? "none"}`, 4);
  if (order !== 1 && order !== 2) throw invalid(`expected byte order 1 or 2, found ${order ?? "none"}`, 5);
  if (head.length < (bits === 2 ? 64 : 52)) throw truncated("the file header", head.length);
  const fields = new ElfFields(head, { wide: bits === 2, little: order === 1 });
  return { fields, byteOrder: order === 1 ? "little" : "big" };
}

/** Numbers of a class and byte order. What lies beyond the bytes reads as 0: whoever needs it asks for the range first. */
export class ElfFields {
  readonly wide: boolean;
  readonly little: boolean;
  readonly length: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, form: { readonly wide: boolean; readonly little: boolean }) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.wide = form.wide;
    this.little = form.little;
    this.length = bytes.length;
  }

  half(at: number): number {
    return at + 2 <= this.length ? this.#view.getUint16(at, this.little) : 0;
  }

  int(at: number): number {
    return at + 4 <= this.length ? this.#view.getUint32(at, this.little) : 0;
  }

  /** An address or offset; one beyond 2^53 lies in no file, and becomes the largest number. */
  word(at: number): number {
    if (!this.wide) return this.int(at);
    if (at + 8 > this.length) return 0;
    const value = this.#view.getBigUint64(at, this.little);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
  }
}

export function invalid(what: string, offset: number): AuditError {
  return new AuditError("ELF_INVALID", `no sound ELF file: ${what} (at byte ${offset})`, {
    details: { offset },
  });
}

export function truncated(what: string, offset: number): AuditError {
  return new AuditError("ELF_TRUNCATED", `the file ends before ${what} does (at byte ${offset})`, {
    details: { offset },
  });
}
