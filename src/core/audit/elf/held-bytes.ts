export interface ByteRange {
  readonly start: number;
  /** Just after the last. */
  readonly end: number;
}

/** A range that is asked for, went by, and was not held. */
export class RangeMissed extends Error {
  readonly range: ByteRange;

  constructor(range: ByteRange) {
    super(`bytes ${range.start} to ${range.end} were not held`);
    this.range = range;
  }
}

interface Held extends ByteRange {
  readonly bytes: Uint8Array;
}

const SMALLEST = 1024 * 1024;

/** The largest memory of a front that was given back: a layer has thousands of files, and new memory for each keeps the garbage collector at work. */
let spare: Uint8Array | undefined;

function memoryFor(size: number): Uint8Array {
  const found = spare;
  spare = undefined;
  return found !== undefined && found.length >= size
    ? found
    : new Uint8Array(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(size))));
}

function giveBack(memory: Uint8Array): void {
  if (spare === undefined || spare.length < memory.length) spare = memory;
}

/** What is kept of a file of which there is too much to keep: its front, and ranges that were asked for before they came. */
export class HeldBytes {
  readonly #size: number;
  readonly #wanted: Held[] = [];
  /** Bytes of the file that are held anyhow, and where they are. */
  readonly #front: number;
  #memory: Uint8Array | undefined;
  /** What all of `want` may hold. */
  #left: number;
  #at = 0;

  constructor(size: number, limits: { readonly front: number; readonly wanted: number }) {
    this.#size = size;
    this.#front = Math.min(size, limits.front);
    this.#left = limits.wanted;
  }

  /** How much came so far. */
  get at(): number {
    return this.#at;
  }

  /** Whether all of a range came already, held or not. */
  hasPassed({ end }: ByteRange): boolean {
    return end <= this.#at;
  }

  /** From now on holds what comes of a range, as far as memory is granted. */
  want({ start, end }: ByteRange): void {
    // The front is held anyhow; a range that begins in it and ends behind it is held whole, so that it is found in one piece.
    if (Math.min(end, this.#size) <= this.#front) return;
    const from = Math.max(start, this.#at);
    const to = Math.min(end, this.#size, from + this.#left);
    if (to <= from || this.#wanted.some((held) => held.start <= from && to <= held.end)) return;
    this.#left -= to - from;
    this.#wanted.push({ start: from, end: to, bytes: new Uint8Array(to - from) });
  }

  add(piece: Uint8Array): void {
    const start = this.#at;
    const end = start + piece.length;
    // A copy: who reads a stream fills the same memory again.
    if (start < this.#front)
      this.#grown(Math.min(end, this.#front)).set(piece.subarray(0, this.#front - start), start);
    for (const held of this.#wanted) {
      const from = Math.max(start, held.start);
      const to = Math.min(end, held.end);
      if (from < to) held.bytes.set(piece.subarray(from - start, to - start), from - held.start);
    }
    this.#at = end;
  }

  /** The bytes of a range of the file. Throws RangeMissed. They are good until `release`. */
  slice(start: number, length: number): Uint8Array {
    const end = start + length;
    if (end <= this.#front && end <= this.#at) return this.#memory?.subarray(start, end) ?? new Uint8Array(0);
    const held = this.#wanted.find((each) => each.start <= start && end <= Math.min(each.end, this.#at));
    if (held !== undefined) return held.bytes.subarray(start - held.start, end - held.start);
    throw new RangeMissed({ start, end });
  }

  /** Nothing is asked of it any more. */
  release(): void {
    const memory = this.#memory;
    this.#memory = undefined;
    if (memory !== undefined) giveBack(memory);
  }

  /** Memory for so much of the front, with what is in it: a file's size is its archive's word, so no more than came. */
  #grown(size: number): Uint8Array {
    const memory = this.#memory;
    if (memory !== undefined && memory.length >= size) return memory;
    const larger = memoryFor(size);
    if (memory !== undefined) larger.set(memory.subarray(0, this.#at));
    this.release();
    this.#memory = larger;
    return larger;
  }
}
