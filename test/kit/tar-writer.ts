/** One entry as it is to be written, right or wrong. */
export interface TarItem {
  readonly path: string;
  /** The type flag; a regular file unless told. */
  readonly flag?: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly target?: string;
  /** Extension records (PAX) before it. */
  readonly pax?: Readonly<Record<string, string>>;
  /** What the header says instead of the content's length. */
  readonly size?: number;
  /** Changes the header before its checksum is made. */
  readonly patch?: (header: Buffer) => void;
  /** Leaves the checksum wrong. */
  readonly spoil?: boolean;
}

const BLOCK = 512;

/** A tar archive, closed by two blocks of zeros unless told. Names over 100 bytes need `pax` or GNU's own records. */
export function tarOf(items: readonly TarItem[], { open = false }: { readonly open?: boolean } = {}): Buffer {
  return Buffer.concat([...items.flatMap(itemBlocks), ...(open ? [] : [Buffer.alloc(2 * BLOCK)])]);
}

/** GNU's record for a name (`L`) or a link text (`K`) of any length; it stands before its entry. */
export function gnuLong(flag: "L" | "K", text: string): TarItem {
  return { path: "././@LongLink", flag, content: `${text}\0` };
}

export const folderItem = (path: string, more: Partial<TarItem> = {}): TarItem => ({
  path,
  flag: "5",
  mode: 0o755,
  ...more,
});
export const linkItem = (path: string, target: string): TarItem => ({ path, flag: "2", target, mode: 0o777 });
export const hardLinkItem = (path: string, target: string): TarItem => ({ path, flag: "1", target });

function itemBlocks(item: TarItem): readonly Buffer[] {
  const content = Buffer.from(item.content ?? "");
  const records = item.pax === undefined ? undefined : paxBody(item.pax);
  return [
    ...(records === undefined
      ? []
      : [header({ path: "PaxHeaders/x", flag: "x" }, records.length), padded(records)]),
    header(item, item.size ?? content.length),
    padded(content),
  ];
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}

function header(item: TarItem, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { path, flag = "0", mode = 0o644, uid = 0, gid = 0, target = "" } = item;
  block.write(path, 0, 100);
  octal(block, mode, 100, 8);
  octal(block, uid, 108, 8);
  octal(block, gid, 116, 8);
  octal(block, size, 124, 12);
  octal(block, 0, 136, 12);
  block.write(flag, 156, 1, "latin1");
  block.write(target, 157, 100);
  block.write("ustar\x0000", 257, 8, "latin1");
  item.patch?.(block);
  block.write("        ", 148, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  octal(block, item.spoil === true ? sum + 1 : sum, 148, 8);
  return block;
}

function octal(block: Buffer, value: number, at: number, length: number): void {
  const digits = value.toString(8);
  if (digits.length < length) block.write(`${digits.padStart(length - 1, "0")}\0`, at, length, "latin1");
  else {
    // Base 256, as GNU writes what octal has no place for.
    block.writeBigUInt64BE(BigInt(value), at + length - 8);
    block[at] = 0x80;
  }
}

export function paxBody(records: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest + String(rest).length;
      if (String(length).length !== String(rest).length) length = rest + String(length).length;
      return Buffer.from(`${length} ${key}=${value}\n`);
    }),
  );
}
