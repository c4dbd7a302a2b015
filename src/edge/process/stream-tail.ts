import { StringDecoder } from "node:string_decoder";

const LINE_LIMIT = 1024 * 1024;

/** Keeps the last `limit` bytes of what is written to it. */
export class StreamTail {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #dropped = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Twice the limit before cutting: otherwise each small chunk would copy the whole tail.
    if (this.#size > 2 * this.#limit) this.#cut();
  }

  /** True where bytes were lost. Read after `text()`. */
  get dropped(): boolean {
    return this.#dropped;
  }

  text(): string {
    if (this.#size > this.#limit) this.#cut();
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  #cut(): void {
    const last = Buffer.concat(this.#chunks).subarray(-this.#limit);
    this.#chunks = [Buffer.from(last)];
    this.#size = last.length;
    this.#dropped = true;
  }
}

/** Splits bytes into lines (LF or CRLF). A line over 1 MiB is handed on cut, so that memory stays bounded. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #partial = "";
  #skipping = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    const pieces = this.#decoder.write(chunk).split("\n");
    const last = pieces.pop() ?? "";
    for (const piece of pieces) {
      this.#extend(piece);
      this.#finish();
    }
    this.#extend(last);
  }

  /** The last line, where the program did not end it. */
  end(): void {
    this.#extend(this.#decoder.end());
    if (this.#partial !== "") this.#finish();
  }

  #extend(text: string): void {
    if (this.#skipping) return;
    this.#partial += text;
    if (this.#partial.length <= LINE_LIMIT) return;
    this.#partial = this.#partial.slice(0, LINE_LIMIT);
    this.#skipping = true;
  }

  #finish(): void {
    const line = this.#partial.endsWith("\r") ? this.#partial.slice(0, -1) : this.#partial;
    this.#partial = "";
    this.#skipping = false;
    this.#onLine(line);
  }
}
