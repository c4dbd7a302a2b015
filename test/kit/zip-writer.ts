import { crc32, deflateRawSync } from "node:zlib";

export interface ZippedFile {
  readonly name: string;
  readonly content: string | Buffer;
  readonly stored?: boolean;
  /** What the headers say instead of what is true. */
  readonly lies?: Partial<Record<"crc" | "bytes" | "packedBytes" | "offset" | "method" | "flags", number>>;
  /** In the local header alone. */
  readonly localName?: string;
}

export interface ZipOptions {
  /** Sizes and places of 64 bits, as archives of more than 4 GiB or 65,535 files have them. */
  readonly wide?: boolean;
  /** Laid over what the end says. */
  readonly count?: number;
  readonly directoryBytes?: number;
  readonly comment?: string;
}

/** A zip of these files, in this order; good or made to deceive. */
export function writeZip(files: readonly ZippedFile[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const content = Buffer.from(file.content);
    const packed = file.stored === true ? content : deflateRawSync(content);
    const facts = {
      method: file.stored === true ? 0 : 8,
      flags: 0,
      crc: crc32(content),
      bytes: content.length,
      packedBytes: packed.length,
      offset,
      ...file.lies,
    };
    const local = localHeader(file.localName ?? file.name, facts);
    parts.push(local, packed);
    directory.push(directoryEntry(file.name, facts, options.wide === true));
    offset += local.length + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = { count: files.length, directoryBytes: listed.length, start: offset, ...options };
  return Buffer.concat([...parts, listed, ...ending(end, offset + listed.length)]);
}

interface Facts {
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly offset: number;
}

function localHeader(name: string, { method, flags, crc, bytes, packedBytes }: Facts): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(crc, 14);
  head.writeUInt32LE(packedBytes, 18);
  head.writeUInt32LE(bytes, 22);
  head.writeUInt16LE(Buffer.byteLength(name, "latin1"), 26);
  return Buffer.concat([head, Buffer.from(name, "latin1")]);
}

function directoryEntry(name: string, facts: Facts, wide: boolean): Buffer {
  const { method, flags, crc, bytes, packedBytes, offset } = facts;
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(method, 10);
  head.writeUInt32LE(crc, 16);
  head.writeUInt32LE(wide ? 0xffffffff : packedBytes, 20);
  head.writeUInt32LE(wide ? 0xffffffff : bytes, 24);
  head.writeUInt16LE(Buffer.byteLength(name, "latin1"), 28);
  head.writeUInt32LE(wide ? 0xffffffff : offset, 42);
  const extra = Buffer.alloc(wide ? 33 : 5);
  // Another field comes first, as real ones have it.
  extra.writeUInt16LE(0x5455, 0);
  extra.writeUInt16LE(1, 2);
  if (wide) {
    extra.writeUInt16LE(1, 5);
    extra.writeUInt16LE(24, 7);
    for (const [index, value] of [bytes, packedBytes, offset].entries())
      extra.writeBigUInt64LE(BigInt(value), 9 + index * 8);
  }
  head.writeUInt16LE(extra.length, 30);
  return Buffer.concat([head, Buffer.from(name, "latin1"), extra]);
}

function ending(
  end: { readonly count: number; readonly directoryBytes: number; readonly start: number } & ZipOptions,
  at: number,
): readonly Buffer[] {
  const { count, directoryBytes, start, wide = false, comment = "" } = end;
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  for (const place of [8, 10]) last.writeUInt16LE(wide ? 0xffff : count, place);
  last.writeUInt32LE(wide ? 0xffffffff : directoryBytes, 12);
  last.writeUInt32LE(wide ? 0xffffffff : start, 16);
  last.writeUInt16LE(comment.length, 20);
  const tail = [last, Buffer.from(comment, "latin1")];
  if (!wide) return tail;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  for (const [index, value] of [count, count, directoryBytes, start].entries())
    end64.writeBigUInt64LE(BigInt(value), 24 + index * 8);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at), 8);
  locator.writeUInt32LE(1, 16);
  return [end64, locator, ...tail];
}
