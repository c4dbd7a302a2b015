import { DockerfileError } from "./error.ts";

// bufio.MaxScanTokenSize of Go, less the newline: BuildKit refuses a longer line.
const MAX_LINE_BYTES = 65_535;

/** Hands out the physical lines of a text, each with its line end, and counts them. */
export class LineReader {
  readonly #text: string;
  readonly #file: string;
  #offset = 0;
  /** The number of the line that was handed out last. */
  line: number;

  /** `firstLine` is the number of the text's first line, where the text is a part of a file. */
  constructor(text: string, file: string, firstLine = 1) {
    this.#text = text;
    this.#file = file;
    this.line = firstLine - 1;
  }

  /** The next line, or undefined at the end. Throws DOCKERFILE_LIMIT for a line of 64 KiB or more. */
  next(): string | undefined {
    if (this.#offset >= this.#text.length) return undefined;
    const newline = this.#text.indexOf("\n", this.#offset);
    const end = newline < 0 ? this.#text.length : newline + 1;
    const line = this.#text.slice(this.#offset, end);
    this.#offset = end;
    this.line++;
    if (utf8Length(line) - (newline < 0 ? 0 : 1) > MAX_LINE_BYTES) {
      throw new DockerfileError("DOCKERFILE_LIMIT", `the line is longer than ${MAX_LINE_BYTES} bytes`, {
        at: { file: this.#file, line: this.line, column: 1 },
      });
    }
    return line;
  }
}

/** Bytes of the text in UTF-8; counted only where it could matter. */
function utf8Length(text: string): number {
  return text.length * 3 <= MAX_LINE_BYTES ? text.length : new TextEncoder().encode(text).length;
}
