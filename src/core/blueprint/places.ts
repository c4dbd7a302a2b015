import type { SourcePosition } from "../base/error.ts";

/** Character offsets of one text as lines and columns from 1. */
export class Places {
  readonly file: string;
  readonly #starts: readonly number[];

  constructor(text: string, file: string) {
    this.file = file;
    const starts = [0];
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
    this.#starts = starts;
  }

  at(offset: number): SourcePosition {
    const [line, column] = this.pair(offset);
    return { file: this.file, line, column };
  }

  pair(offset: number): readonly [line: number, column: number] {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (this.#starts[low] ?? 0) + 1];
  }
}
