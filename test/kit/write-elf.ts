/** An ELF file of 64 bits, written byte by byte: one loaded segment that is the whole file, and a dynamic section in it. */
export interface WrittenElf {
  /** Of the dynamic section, in order; the string table's place and size are put before them, the end behind. */
  readonly dynamic: readonly (readonly [tag: number, value: number])[];
  readonly strings: string;
  /** What stands behind the strings: tables that tags point to, by `placeOfTables`. */
  readonly tables?: Buffer;
}

const [HEADER, PROGRAM, ENTRY] = [64, 56, 16];
const [STRINGS, STRINGS_SIZE] = [5, 10];

/** Where `tables` begin; addresses are offsets. */
export function placeOfTables({ dynamic, strings }: WrittenElf): number {
  return HEADER + 2 * PROGRAM + (dynamic.length + 3) * ENTRY + Buffer.byteLength(strings);
}

export function writeElf(elf: WrittenElf): Buffer {
  const { dynamic, strings, tables = Buffer.alloc(0) } = elf;
  const dynamicAt = HEADER + 2 * PROGRAM;
  const dynamicSize = (dynamic.length + 3) * ENTRY;
  const stringsAt = dynamicAt + dynamicSize;
  const bytes = Buffer.alloc(placeOfTables(elf) + tables.length);
  bytes.write("\x7fELF\x02\x01\x01", 0, "latin1");
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeBigUInt64LE(BigInt(HEADER), 32);
  bytes.writeUInt16LE(PROGRAM, 54);
  bytes.writeUInt16LE(2, 56);
  const segment = (at: number, type: number, [start, size]: readonly [number, number]): void => {
    bytes.writeUInt32LE(type, at);
    bytes.writeBigUInt64LE(BigInt(start), at + 8);
    bytes.writeBigUInt64LE(BigInt(start), at + 16);
    bytes.writeBigUInt64LE(BigInt(size), at + 32);
  };
  segment(HEADER, 1, [0, bytes.length]);
  segment(HEADER + PROGRAM, 2, [dynamicAt, dynamicSize]);
  const entries = [[STRINGS, stringsAt], [STRINGS_SIZE, Buffer.byteLength(strings)], ...dynamic] as const;
  for (const [index, [tag, value]] of entries.entries()) {
    bytes.writeBigUInt64LE(BigInt(tag), dynamicAt + index * ENTRY);
    bytes.writeBigUInt64LE(BigInt(value), dynamicAt + index * ENTRY + 8);
  }
  bytes.write(strings, stringsAt);
  tables.copy(bytes, placeOfTables(elf));
  return bytes;
}
