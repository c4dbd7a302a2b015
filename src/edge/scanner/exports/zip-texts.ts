import type { FileHandle } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";
import { type RecordText, shown } from "../../../core/advisory/osv/record-text.ts";
import { decodeText } from "./decode-text.ts";
import { ExportError } from "./error.ts";
import type { OpenExport } from "./record-texts.ts";
import { readAt, readZipDirectory, refuse, type ZipEntry } from "./zip-directory.ts";

const LOCAL = { signature: 0x04034b50, length: 30 } as const;
/** What is read of the file at a time; entries are small and lie one behind the other. */
const WINDOW = 4 * 1024 * 1024;
/** The longest name and extra field that a header has room for. */
const MAX_HEADER = LOCAL.length + 2 * 0xffff;

/**
 * Each `.json` file of a zip is a record, as in the public `all.zip`. Nothing is written anywhere, so that a name is a label;
 * one that would leave its folder is refused all the same. Files that overlap are a bomb: each costs what it unpacks to.
 */
export async function* zipTexts(from: OpenExport, file: FileHandle): AsyncGenerator<RecordText> {
  const { entries, start } = await readZipDirectory(from, file);
  const window = new Window(from, file);
  let total = 0;
  for (const [index, entry] of entries.entries()) {
    from.signal?.throwIfAborted();
    const name = checkedName(from, entry.name);
    if (!name.endsWith(".json")) continue;
    if (entry.bytes > from.limits.recordBytes || entry.packedBytes > from.limits.recordBytes)
      throw new ExportError("EXPORT_LIMIT", `${name} in ${from.path} has ${entry.bytes} bytes`);
    total += entry.bytes;
    if (total > from.limits.unpackedBytes)
      throw new ExportError("EXPORT_LIMIT", `${from.path} unpacks to more than ${from.limits.unpackedBytes}`);
    const end = entries[index + 1]?.offset ?? start;
    const packed = await packedBytes(window, entry, { from, end });
    yield decodeText(unpack(from, entry, packed), { file: `${from.path}!${name}`, line: 1 });
  }
}

function checkedName(from: OpenExport, name: string): string {
  const isPlain = /^[^\\\p{Cc}]+$/u.test(name) && !name.startsWith("/") && !name.split("/").includes("..");
  return isPlain ? shown(name) : refuse(from, `it has a file of the name "${shown(name)}"`);
}

/** `end`: where the next file begins. */
async function packedBytes(
  window: Window,
  entry: ZipEntry,
  { from, end }: { readonly from: OpenExport; readonly end: number },
): Promise<Buffer> {
  const head = await window.read(entry.offset, Math.min(MAX_HEADER, Math.max(0, end - entry.offset)));
  if (head.length < LOCAL.length || head.readUInt32LE(0) !== LOCAL.signature)
    return refuse(from, `${shown(entry.name)} is not where its directory says`);
  const nameLength = head.readUInt16LE(26);
  const dataAt = LOCAL.length + nameLength + head.readUInt16LE(28);
  const name = head.toString("latin1", LOCAL.length, LOCAL.length + nameLength);
  if (name !== entry.name || head.readUInt16LE(8) !== entry.method)
    return refuse(from, `${shown(entry.name)} is called differently in its directory`);
  if (entry.offset + dataAt + entry.packedBytes > end)
    return refuse(from, `${shown(entry.name)} reaches into what follows`);
  return window.read(entry.offset + dataAt, entry.packedBytes);
}

function unpack(
  from: OpenExport,
  { name, method, bytes, crc32: expected }: ZipEntry,
  packed: Buffer,
): Buffer {
  const data = method === 0 ? packed : method === 8 ? inflate(from, { name, bytes, packed }) : undefined;
  if (data === undefined) return refuse(from, `${shown(name)} is packed by method ${method}`);
  if (data.length !== bytes || crc32(data) !== expected)
    return refuse(from, `${shown(name)} is not what its checksum says`);
  return data;
}

function inflate(
  from: OpenExport,
  { name, bytes, packed }: { readonly name: string; readonly bytes: number; readonly packed: Buffer },
): Buffer {
  try {
    // One more than it may have, so that a longer one is seen; an output of nothing is no bound that zlib takes.
    return inflateRawSync(packed, { maxOutputLength: bytes + 1 });
  } catch {
    return refuse(from, `${shown(name)} does not unpack to the ${bytes} bytes that it says`);
  }
}

/** Reads ahead, so that a small entry costs no system call. */
class Window {
  readonly #from: OpenExport;
  readonly #file: FileHandle;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #size: number | undefined;

  constructor(from: OpenExport, file: FileHandle) {
    this.#from = from;
    this.#file = file;
  }

  /** Valid until the next read. */
  async read(position: number, length: number): Promise<Buffer> {
    const end = position + length;
    if (position < this.#start || end > this.#start + this.#bytes.length) await this.#move(position, length);
    return this.#bytes.subarray(position - this.#start, end - this.#start);
  }

  async #move(position: number, length: number): Promise<void> {
    this.#size ??= (await this.#file.stat()).size;
    const ahead = Math.min(Math.max(length, WINDOW), this.#size - position);
    if (ahead < length) refuse(this.#from, "it ends early");
    this.#bytes = await readAt(this.#from, this.#file, { position, length: ahead });
    this.#start = position;
  }
}
