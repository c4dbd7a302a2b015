const ESCAPE = "\u001b";
const PIECES = new RegExp(`${ESCAPE}\\[(?:\\?25[hl]|\\d*[AJKm])|\\r|\\n|[^${ESCAPE}\\r\\n]+|${ESCAPE}`, "g");
const UP = new RegExp(`^${ESCAPE}\\[(\\d+)A$`);

/** A terminal that understands what live-screen.ts writes, and shows what a person would see. */
export class FakeTerminal {
  written = "";
  cursorShown = true;
  readonly columns: number;
  readonly rows: number;
  readonly #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** The screen with all that was scrolled out of it, without trailing blanks. */
  text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd();
  }

  write(text: string): boolean {
    this.written += text;
    for (const [piece] of text.matchAll(PIECES)) {
      this.#take(piece);
    }
    return true;
  }

  #take(piece: string): void {
    const up = UP.exec(piece)?.[1];
    if (piece === "\r") this.#column = 0;
    else if (piece === "\n") this.#newLine();
    else if (up !== undefined) this.#row = Math.max(0, this.#row - Number(up));
    else if (piece === "\u001b[J") this.#lines.splice(this.#row + (this.#column > 0 ? 1 : 0));
    else if (piece === "\u001b[K") this.#lines[this.#row] = this.#line().slice(0, this.#column);
    else if (piece === "\u001b[?25l") this.cursorShown = false;
    else if (piece === "\u001b[?25h") this.cursorShown = true;
    else if (piece.startsWith("\u001b")) {
      if (!piece.endsWith("m")) throw new Error(`an escape that is not understood: ${JSON.stringify(piece)}`);
    } else this.#put(piece);
  }

  #put(text: string): void {
    const line = this.#line().padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    while (this.#lines.length <= this.#row) this.#lines.push("");
  }

  #line(): string {
    return this.#lines[this.#row] ?? "";
  }
}
