import { AuditError } from "../error.ts";

/** One library as `ldconfig` listed it. */
export interface CacheEntry {
  readonly name: string;
  /** As written: `/lib/x86_64-linux-gnu/libc.so.6`. */
  readonly path: string;
  /** Low byte 3 is ELF of glibc 2; the next says for which machine. */
  readonly flags: number;
  /** `x86-64-v3`: only for a CPU of that level. */
  readonly hwcaps?: string;
  /** It has hardware capabilities of the old kind, which a loader of today passes over. */
  readonly legacy: boolean;
}

const MAGIC = "glibc-ld.so.cache1.1";
const OLD_MAGIC = "ld.so-1.7.0";
const HEADER = 48;
const ENTRY = 24;
const EXTENSION_MAGIC = 0xeaa42174;
const HWCAPS_TAG = 1;
const MAX_ENTRIES = 200_000;
const LATIN1 = new TextDecoder("latin1");

/**
 * The entries of `/etc/ld.so.cache` in the order of the file (glibc, sysdeps/generic/dl-cache.h): the new form, also where
 * the old one stands before it. Throws AuditError LD_CACHE_INVALID with the offset.
 */
export function readLdCache(bytes: Uint8Array): readonly CacheEntry[] {
  const start = startOf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = orderOf(bytes, start);
  const int = (at: number): number => {
    if (at < 0 || at + 4 > bytes.length) throw invalid("ends in the middle of a number", at);
    return view.getUint32(at, little);
  };
  const count = int(start + 20);
  if (count > MAX_ENTRIES || start + HEADER + count * ENTRY > bytes.length)
    throw invalid(`has ${count} entries, more than it has room for`, start + 20);
  const text = (at: number): string => {
    const end = bytes.indexOf(0, at);
    if (at >= bytes.length || end < 0 || end - at > 4096)
      throw invalid("has a name that does not end in it", at);
    return LATIN1.decode(bytes.subarray(at, end));
  };
  const levels = hwcapsNames(start, int, text);
  return Array.from({ length: count }, (_, index): CacheEntry => {
    const at = start + HEADER + index * ENTRY;
    const [low, high] = [int(at + 16), int(at + 20)];
    // Bit 62: the low half is an index of names, not a set of bits.
    const isNamed = high === 1 << 30;
    const hwcaps = isNamed ? levels[low] : undefined;
    return {
      name: text(start + int(at + 4)),
      path: text(start + int(at + 8)),
      flags: int(at),
      ...(hwcaps === undefined ? {} : { hwcaps }),
      legacy: isNamed ? hwcaps === undefined : low !== 0 || high !== 0,
    };
  });
}

function startOf(bytes: Uint8Array): number {
  const begins = (text: string, at: number): boolean =>
    LATIN1.decode(bytes.subarray(at, at + text.length)) === text;
  if (begins(MAGIC, 0)) return 0;
  if (!begins(OLD_MAGIC, 0)) throw invalid("does not begin as a cache of glibc", 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= 16 ? view.getUint32(12, true) : 0;
  // Entries of 12 bytes, then the new form, aligned to 8.
  const at = Math.ceil((16 + count * 12) / 8) * 8;
  if (at + HEADER <= bytes.length && begins(MAGIC, at)) return at;
  throw invalid("has only the form of before glibc 2.2", 0);
}

function orderOf(bytes: Uint8Array, start: number): boolean {
  const flags = (bytes[start + 28] ?? 0) & 3;
  if (flags === 1) throw invalid("says of itself that it is invalid", start + 28);
  // 0 is from before there was a mark; no machine that is in use then was big-endian.
  return flags !== 3;
}

/** Names of the extension section, by index: offsets of texts. */
function hwcapsNames(
  start: number,
  int: (at: number) => number,
  text: (at: number) => string,
): readonly string[] {
  const place = int(start + 32);
  if (place === 0) return [];
  const at = start + place;
  if (int(at) !== EXTENSION_MAGIC) throw invalid("has an extension that is none", at);
  const sections = Math.min(int(at + 4), 100);
  for (let index = 0; index < sections; index++) {
    const section = at + 8 + index * 16;
    if (int(section) !== HWCAPS_TAG) continue;
    const [offset, size] = [int(section + 8), int(section + 12)];
    if (size > 4096) throw invalid("has more levels of processors than there are", section);
    return Array.from({ length: size / 4 }, (_, each) => text(start + int(start + offset + each * 4)));
  }
  return [];
}

function invalid(what: string, offset: number): AuditError {
  return new AuditError("LD_CACHE_INVALID", `/etc/ld.so.cache ${what} (at byte ${offset})`, {
    details: { offset },
  });
}
