import { AuditError } from "../error.ts";
import type { TarEntry, TarType } from "./entry.ts";
import { nameText, untilZero } from "./text.ts";

export const BLOCK = 512;

/** A header block by itself, before extension records change it. */
export interface TarHeader extends TarEntry {
  /** The type flag's character; `\0` is an old regular file. */
  readonly flag: string;
  /** Bytes of content that follow, without the padding. */
  readonly content: number;
}

const TYPES: Readonly<Record<string, TarType>> = {
  "\0": "file",
  "0": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character",
  "4": "block",
  "5": "directory",
  "6": "fifo",
  "7": "file",
  S: "file",
};

/** POSIX ustar, GNU and star headers (as Go's archive/tar reads them, since engines unpack with it). Throws TAR_INVALID. */
export function parseHeader(block: Uint8Array): TarHeader {
  checkSum(block);
  const flag = String.fromCharCode(block[156] ?? 0);
  const name = nameText(untilZero(block.subarray(0, 100)));
  const prefix = prefixOf(block);
  const path = prefix === "" ? name : `${prefix}/${name}`;
  const type = flag === "\0" && path.endsWith("/") ? "directory" : (TYPES[flag] ?? "unknown");
  const size = numberAt(block, 124, 12, "size");
  return {
    path,
    type,
    mode: numberAt(block, 100, 8, "mode") & 0o7777,
    uid: numberAt(block, 108, 8, "uid"),
    gid: numberAt(block, 116, 8, "gid"),
    size: type === "file" ? size : 0,
    // Links, folders and devices have no content, whatever their size says.
    content: type === "file" || type === "unknown" ? size : 0,
    target: nameText(untilZero(block.subarray(157, 257))),
    sparse: flag === "S",
    capabilities: false,
    flag,
  };
}

/** GNU's headers have times where POSIX has the prefix. */
function prefixOf(block: Uint8Array): string {
  const magic = ascii(block.subarray(257, 263));
  if (magic !== "ustar\0") return "";
  const star = ascii(block.subarray(508, 512)) === "tar\0";
  return nameText(untilZero(block.subarray(345, star ? 476 : 500)));
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The sum of all bytes with its own field as spaces; old writers summed signed bytes. */
function checkSum(block: Uint8Array): void {
  const wanted = numberAt(block, 148, 8, "checksum");
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  // By index: this runs for each byte of each header.
  for (let index = 0; index < BLOCK; index++) {
    if (index >= 148 && index < 156) continue;
    const byte = block[index] ?? 0;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  if (wanted !== unsigned && wanted !== signed) throw invalid("a header has a wrong checksum");
}

/** Octal digits, or with the highest bit set a big-endian number. */
export function numberAt(block: Uint8Array, start: number, length: number, what: string): number {
  const field = block.subarray(start, start + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    if (first === 0xff) throw invalid(`a ${what} is negative`);
    let value = first & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw invalid(`a ${what} is beyond all bounds`);
    return value;
  }
  const text = ascii(untilZero(field)).replace(/^ +| +$/g, "");
  if (!/^[0-7]*$/.test(text)) throw invalid(`a ${what} is no octal number`);
  return text === "" ? 0 : Number.parseInt(text, 8);
}

export function invalid(message: string): AuditError {
  return new AuditError("TAR_INVALID", message);
}
