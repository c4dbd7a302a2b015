import type { FileHandle } from "node:fs/promises";
import { ExportError } from "./error.ts";
import type { OpenExport } from "./record-texts.ts";

/** A file of a zip (APPNOTE.TXT 6.3.10), as the central directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Of its local header. */
  readonly offset: number;
}

export interface ZipDirectory {
  /** In the order that they lie in the file. */
  readonly entries: readonly ZipEntry[];
  /** Where the central directory begins: the end of all data. */
  readonly start: number;
}

const END = { signature: 0x06054b50, length: 22, maxComment: 0xffff } as const;
const END_64 = { signature: 0x06064b50, length: 56 } as const;
const LOCATOR_64 = { signature: 0x07064b50, length: 20 } as const;
const ENTRY = { signature: 0x02014b50, length: 46 } as const;
const EXTRA_64 = 0x0001;
const [NONE_16, NONE_32] = [0xffff, 0xffffffff];
const ENCRYPTED = 0x0041;

/** Names, sizes and places of all files, bounded. Throws ExportError EXPORT_ZIP, EXPORT_LIMIT. */
export async function readZipDirectory(from: OpenExport, file: FileHandle): Promise<ZipDirectory> {
  const { size } = await file.stat();
  const end = await readEnd(from, file, size);
  if (end.bytes > from.limits.directoryBytes)
    throw new ExportError("EXPORT_LIMIT", `the directory of ${from.path} has ${end.bytes} bytes`);
  if (end.start + end.bytes > end.limit) return refuse(from, "its directory lies beyond its end");
  const directory = await readAt(from, file, { position: end.start, length: end.bytes });
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < directory.length) {
    const { entry, next } = readEntry(from, directory, at);
    entries.push(entry);
    at = next;
    if (entries.length > from.limits.records)
      throw new ExportError("EXPORT_LIMIT", `${from.path} has more than ${from.limits.records} files`);
  }
  if (entries.length !== end.count)
    return refuse(from, `it says that it has ${end.count} files, and lists ${entries.length}`);
  return { entries: entries.sort((one, other) => one.offset - other.offset), start: end.start };
}

interface DirectoryEnd {
  readonly count: number;
  readonly start: number;
  readonly bytes: number;
  /** Where the record that says so begins. */
  readonly limit: number;
}

/** The record at the end, found from behind: a comment of up to 64 KiB may follow, which must then end the file. */
async function readEnd(from: OpenExport, file: FileHandle, size: number): Promise<DirectoryEnd> {
  const length = Math.min(size, END.length + END.maxComment);
  const tail = await readAt(from, file, { position: size - length, length });
  for (let at = length - END.length; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END.signature) continue;
    if (at + END.length + tail.readUInt16LE(at + 20) !== length) continue;
    if (tail.readUInt16LE(at + 4) !== 0 && tail.readUInt16LE(at + 4) !== NONE_16)
      return refuse(from, "it is one of several parts");
    const limit = size - length + at;
    const count = tail.readUInt16LE(at + 10);
    const [bytes, start] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    const isWhole = count !== NONE_16 && bytes !== NONE_32 && start !== NONE_32;
    return isWhole ? { count, start, bytes, limit } : readEnd64(from, file, limit);
  }
  return refuse(from, "it has no end, as if it was cut");
}

async function readEnd64(from: OpenExport, file: FileHandle, before: number): Promise<DirectoryEnd> {
  if (before < LOCATOR_64.length) return refuse(from, "it says that it is of the large form, and is not");
  const locator = await readAt(from, file, {
    position: before - LOCATOR_64.length,
    length: LOCATOR_64.length,
  });
  if (locator.readUInt32LE(0) !== LOCATOR_64.signature)
    return refuse(from, "it says that it is of the large form, and is not");
  const limit = wide(from, locator, 8);
  if (limit + END_64.length > before) return refuse(from, "its end lies beyond its end");
  const end = await readAt(from, file, { position: limit, length: END_64.length });
  if (end.readUInt32LE(0) !== END_64.signature) return refuse(from, "its end is not where it says");
  return { count: wide(from, end, 32), bytes: wide(from, end, 40), start: wide(from, end, 48), limit };
}

function readEntry(
  from: OpenExport,
  directory: Buffer,
  at: number,
): { readonly entry: ZipEntry; readonly next: number } {
  if (at + ENTRY.length > directory.length || directory.readUInt32LE(at) !== ENTRY.signature)
    return refuse(from, "its directory is damaged");
  const nameLength = directory.readUInt16LE(at + 28);
  const extraLength = directory.readUInt16LE(at + 30);
  const nameAt = at + ENTRY.length;
  const extraAt = nameAt + nameLength;
  const next = extraAt + extraLength + directory.readUInt16LE(at + 32);
  if (next > directory.length) return refuse(from, "its directory is damaged");
  // Names are only shown and compared; which code page it was does not matter for that.
  const name = directory.toString("latin1", nameAt, extraAt);
  if ((directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0) return refuse(from, `${name} is encrypted`);
  const short = {
    bytes: directory.readUInt32LE(at + 24),
    packedBytes: directory.readUInt32LE(at + 20),
    offset: directory.readUInt32LE(at + 42),
  };
  const sizes = wideSizes(from, directory.subarray(extraAt, extraAt + extraLength), short);
  const entry = {
    name,
    method: directory.readUInt16LE(at + 10),
    crc32: directory.readUInt32LE(at + 16),
    ...sizes,
  };
  return { entry, next };
}

type Sizes = Pick<ZipEntry, "bytes" | "packedBytes" | "offset">;

/** "Zip64 Extended Information Extra Field" (4.5.3): in this order those that did not fit. */
function wideSizes(from: OpenExport, extra: Buffer, short: Sizes): Sizes {
  const missing = (["bytes", "packedBytes", "offset"] as const).filter((key) => short[key] === NONE_32);
  if (missing.length === 0) return short;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== EXTRA_64) continue;
    if (at + 4 + missing.length * 8 > extra.length) break;
    return {
      ...short,
      ...Object.fromEntries(missing.map((key, index) => [key, wide(from, extra, at + 4 + index * 8)])),
    };
  }
  return refuse(from, "the sizes of a file are missing");
}

function wide(from: OpenExport, bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? refuse(from, "a size in it is absurd") : Number(value);
}

/** All the bytes asked for. */
export async function readAt(
  from: OpenExport,
  file: FileHandle,
  { position, length }: { readonly position: number; readonly length: number },
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return refuse(from, "it ends early");
    done += bytesRead;
  }
  return bytes;
}

export function refuse({ path }: OpenExport, why: string): never {
  throw new ExportError("EXPORT_ZIP", `the zip ${path} cannot be trusted: ${why}`, {
    hint: "fetch it again; it may have been cut",
  });
}
