const [NEWLINE, TAB] = [0x0a, 0x09];

/** Where the advisories of a package lie. */
export interface IndexLine {
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

/** The lines of an index (`pack-format.ts`), looked through as they are: to parse them all costs more than to ask for some. */
export class IndexLines {
  readonly #bytes: Buffer;
  /** Where each line begins, the head's first; then the end. */
  readonly #starts: Uint32Array;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const starts: number[] = [0];
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) starts.push(at + 1);
    this.#starts = Uint32Array.from(starts);
  }

  head(): string {
    return this.#bytes.toString("utf8", 0, (this.#starts[1] ?? 1) - 1);
  }

  /** `key`: what `indexKey` gives. */
  find(key: Buffer): IndexLine | undefined {
    let [low, high] = [1, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#starts[middle] ?? 0;
      const end = Math.min(start + key.length, (this.#starts[middle + 1] ?? start) - 1);
      const order = this.#bytes.compare(key, 0, key.length, start, end);
      if (order === 0) return this.#line(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  *all(): Generator<IndexLine> {
    for (let line = 1; line < this.#starts.length - 1; line++) yield this.#line(line);
  }

  #line(line: number): IndexLine {
    const [start = 0, end = 0] = [this.#starts[line], this.#starts[line + 1]];
    const second = this.#bytes.indexOf(TAB, this.#bytes.indexOf(TAB, start) + 1);
    const [offset = "", length = "", sha256 = ""] = this.#bytes
      .toString("latin1", second + 1, end - 1)
      .split("\t");
    return { offset: Number(offset), length: Number(length), sha256 };
  }
}
