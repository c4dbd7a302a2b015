const MAX_BLOCK = 128 * 1024;

type Block = Uint8Array | { readonly byte: number; readonly times: number };

/** A zstd frame (RFC 8878) that stores its content: raw blocks, or one byte again and again. Without size and checksum. */
export function zstdFrame(blocks: readonly Block[]): Buffer {
  // A window of 8 MiB.
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68])];
  const cut = blocks.flatMap((block): readonly Block[] => ("byte" in block ? [block] : cutBlocks(block)));
  for (const [index, block] of cut.entries()) {
    const isLast = index === cut.length - 1 ? 1 : 0;
    const [type, size, body] =
      "byte" in block ? [1, block.times, Buffer.from([block.byte])] : [0, block.length, block];
    const header = Buffer.alloc(3);
    header.writeUIntLE((size << 3) | (type << 1) | isLast, 0, 3);
    parts.push(header, Buffer.from(body));
  }
  return Buffer.concat(parts);
}

/** A frame that decoders pass over: estargz-like layers end with one. */
export function zstdSkippable(content: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a50, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

function cutBlocks(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / MAX_BLOCK));
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * MAX_BLOCK, (index + 1) * MAX_BLOCK),
  );
}
