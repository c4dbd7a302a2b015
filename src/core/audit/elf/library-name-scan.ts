const MARK = Buffer.from(".so");
/** Longer ones are no names of libraries. */
const MAX_NAME = 96;
const MAX_NAMES = 500;
const NAME = /^lib[A-Za-z0-9_+-][A-Za-z0-9_+.-]*\.so(?:\.[0-9]+)*$/;

/** Finds texts that look like the name of a shared library, while a file passes by. */
export class LibraryNameScan {
  readonly #found = new Set<string>();
  #rest: Buffer = Buffer.alloc(0);

  add(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    // Names over the seam. Putting all of a piece behind what is left of the one before would copy the whole file.
    const seam =
      this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes.subarray(0, 4 * MAX_NAME)]);
    this.#scan(seam, this.#open());
    if (bytes.length > 4 * MAX_NAME && seam !== bytes) this.#scan(bytes, MAX_NAME);
    const last = bytes.length > 4 * MAX_NAME ? bytes : seam;
    this.#rest = Buffer.from(last.subarray(Math.max(0, last.length - 2 * MAX_NAME)));
  }

  /** Where in the rest the first mark may be that was not looked at; of earlier ones the start of the name is gone. */
  #open(): number {
    return Math.max(0, this.#rest.length - MAX_NAME);
  }

  /** A name may go on in the next piece: what is near the end is looked at again with it. */
  #scan(bytes: Buffer, from: number): void {
    const safe = bytes.length - MAX_NAME;
    for (let at = bytes.indexOf(MARK, from); at >= 0 && at < safe; at = bytes.indexOf(MARK, at + 1))
      this.#look(bytes, at);
  }

  /** Without those that it needs anyway, and its own. */
  found(needed: readonly string[], soname: string | undefined): readonly string[] {
    const rest = this.#rest;
    for (let at = rest.indexOf(MARK, this.#open()); at >= 0; at = rest.indexOf(MARK, at + 1))
      this.#look(rest, at);
    const known = new Set([...needed, soname]);
    return [...this.#found].filter((name) => !known.has(name)).sort();
  }

  #look(bytes: Buffer, mark: number): void {
    if (this.#found.size >= MAX_NAMES) return;
    let start = mark;
    while (start > 0 && mark - start < MAX_NAME && isNamePart(bytes[start - 1])) start--;
    let end = mark + MARK.length;
    while (end < bytes.length && end - mark < MAX_NAME && isNamePart(bytes[end])) end++;
    // Longer than any name: a part of it would be another one wherever a piece ends.
    if (mark - start >= MAX_NAME || end - mark >= MAX_NAME) return;
    const text = bytes.toString("latin1", start, end);
    if (NAME.test(text)) this.#found.add(text);
  }
}

/** Letters, digits and `_ + - .` */
function isNamePart(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const isLetter = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
  return (
    isLetter ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}
