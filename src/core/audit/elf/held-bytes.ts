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

/** What is kept of a file of which there is too much to keep: its front, and ranges that were asked for before they came. */
export class HeldBytes {
  readonly #size: number;
  readonly #pieces: Held[] = [];
  readonly #wanted: Held[] = [];
  readonly #front: number;
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
    if (start < this.#front) {
      // A copy: who reads a stream fills the same memory again, and the slice of a Buffer is none.
      const bytes = new Uint8Array(piece.subarray(0, this.#front - start));
      this.#pieces.push({ start, end: start + bytes.length, bytes });
    }
    for (const held of this.#wanted) {
      const from = Math.max(start, held.start);
      const to = Math.min(end, held.end);
      if (from < to) held.bytes.set(piece.subarray(from - start, to - start), from - held.start);
    }
    this.#at = end;
  }

  /** The bytes of a range of the file. Throws RangeMissed. */
  slice(start: number, length: number): Uint8Array {
    const end = start + length;
    if (end <= this.#front && end <= this.#at) return this.#fromFront(start, end);
    const held = this.#wanted.find((each) => each.start <= start && end <= Math.min(each.end, this.#at));
    if (held !== undefined) return held.bytes.subarray(start - held.start, end - held.start);
    throw new RangeMissed({ start, end });
  }

  #fromFront(start: number, end: number): Uint8Array {
    const first = this.#pieceAt(start);
    const piece = this.#pieces[first];
    if (piece !== undefined && end <= piece.end)
      return piece.bytes.subarray(start - piece.start, end - piece.start);
    const whole = new Uint8Array(end - start);
    for (let index = first; index < this.#pieces.length; index++) {
      const { start: at, bytes } = this.#pieces[index] ?? { start: end, bytes: whole };
      if (at >= end) break;
      const from = Math.max(0, start - at);
      whole.set(bytes.subarray(from, Math.min(bytes.length, end - at)), at + from - start);
    }
    return whole;
  }

  /** The index of the piece that holds a place: pieces follow each other without gaps. */
  #pieceAt(place: number): number {
    let [low, high] = [0, this.#pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.start ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }
}
