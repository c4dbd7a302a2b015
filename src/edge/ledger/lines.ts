import { isUtf8 } from "node:buffer";
import { readSync } from "node:fs";
import { LINE_LIMIT } from "../../core/record/entry.ts";

const NEWLINE = 0x0a;
const FORWARD_BYTES = 1024 * 1024;
const BACKWARD_BYTES = 64 * 1024;

/**
 * The lines of `file` (an open descriptor) from byte `start` to `end`, without their ends; `end` is just after a newline.
 * A line over the limit comes as what was read of it, which is no entry, and is the last: memory stays bounded.
 */
export function* linesFrom(file: number, start: number, end: number): Generator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for (let position = start; position < end; ) {
    const bytes = readAfter(file, rest, { position, length: Math.min(FORWARD_BYTES, end - position) });
    if (bytes.length === rest.length) return;
    position += bytes.length - rest.length;
    let lineStart = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, lineStart)) {
      yield bytes.subarray(lineStart, at);
      lineStart = at + 1;
    }
    rest = bytes.subarray(lineStart);
    if (rest.length > LINE_LIMIT) {
      yield rest;
      return;
    }
  }
}

/**
 * The lines before byte `end`, the last first. Reads 64 KiB at a time, so that the newest entries cost the same however
 * long the ledger is. The same bound for a line.
 */
export function* linesFromEnd(file: number, end: number): Generator<Buffer> {
  // The bytes of a line whose beginning was not read yet, the first piece last.
  let pieces: Buffer[] = [];
  let pending = 0;
  for (let position = end; position > 0; ) {
    const length = Math.min(BACKWARD_BYTES, position);
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
      pending = 0;
      lineEnd = at;
    }
    pieces.push(chunk.subarray(0, lineEnd));
    pending += lineEnd;
    if (pending > LINE_LIMIT) {
      yield joined(pieces);
      return;
    }
  }
  if (end > 0) yield joined(pieces);
}

/** Where the last whole line ends: just after the last newline before `size`, or 0. */
export function endOfLastLine(file: number, size: number): number {
  for (let position = size; position > 0; ) {
    const length = Math.min(BACKWARD_BYTES, position);
    position -= length;
    const at = readExactly(file, position, length).lastIndexOf(NEWLINE);
    if (at >= 0) return position + at + 1;
  }
  return 0;
}

/** What is left of the last read, and what stands at `position`, as one. */
function readAfter(
  file: number,
  rest: Buffer,
  { position, length }: { readonly position: number; readonly length: number },
): Buffer {
  const buffer = Buffer.allocUnsafe(rest.length + length);
  buffer.set(rest);
  return buffer.subarray(0, rest.length + readInto(file, buffer.subarray(rest.length), position));
}

/** Less than `length` only where the file ends before. */
export function readExactly(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readInto(file, buffer, position));
}

/** Fills the buffer, as far as the file goes; gives how far. */
function readInto(file: number, buffer: Buffer, position: number): number {
  let done = 0;
  while (done < buffer.length) {
    const count = readSync(file, buffer, done, buffer.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** The text of a line. What is no UTF-8 becomes a text that is no entry: decoding it would hide what was changed. */
export function lineOf(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : "\ufffd";
}

export function* decoded(lines: Iterable<Buffer>): Generator<string> {
  for (const line of lines) yield lineOf(line);
}

/** Pieces of one line, the last first; most lines are one. */
function joined(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces.toReversed());
}
