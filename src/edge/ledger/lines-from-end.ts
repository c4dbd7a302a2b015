import { isUtf8 } from "node:buffer";
import { readSync } from "node:fs";

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * The lines of `file` (an open descriptor) before byte `end`, the last first, without their ends; `end` is just after a
 * newline. Reads 64 KiB at a time, so that the newest entries cost the same however long the ledger is.
 */
export function* linesFromEnd(file: number, end: number): Generator<string> {
  // The bytes of a line whose beginning was not read yet, the first piece last.
  let pieces: Buffer[] = [];
  for (let position = end; position > 0; ) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const chunk = readExactly(file, position, length);
    let lineEnd = length;
    for (
      let at = chunk.lastIndexOf(NEWLINE);
      at >= 0;
      at = at === 0 ? -1 : chunk.lastIndexOf(NEWLINE, at - 1)
    ) {
      // The newline at `end` itself ends the last line and begins none.
      if (position + at + 1 < end) yield joined([...pieces, chunk.subarray(at + 1, lineEnd)]);
      pieces = [];
      lineEnd = at;
    }
    pieces.push(chunk.subarray(0, lineEnd));
  }
  if (end > 0) yield joined(pieces);
}

/** Where the last whole line ends: just after the last newline before `size`, or 0. */
export function endOfLastLine(file: number, size: number): number {
  for (let position = size; position > 0; ) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const at = readExactly(file, position, length).lastIndexOf(NEWLINE);
    if (at >= 0) return position + at + 1;
  }
  return 0;
}

export function readExactly(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, buffer, done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
}

/** The text of a line. What is no UTF-8 becomes a text that is no entry: decoding it would hide what was changed. */
export function lineOf(bytes: Uint8Array): string {
  return isUtf8(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8")
    : "\ufffd";
}

function joined(pieces: readonly Buffer[]): string {
  return lineOf(Buffer.concat(pieces.toReversed()));
}
