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
    const bytes =
      this.#rest.length > 0
        ? Buffer.concat([this.#rest, piece])
        : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    // A name may go on in the next piece: what is near the end is looked at again with it.
    const safe = Math.max(0, bytes.length - MAX_NAME);
    for (let at = bytes.indexOf(MARK); at >= 0 && at < safe; at = bytes.indexOf(MARK, at + 1))
      this.#look(bytes, at);
    this.#rest = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 2 * MAX_NAME)));
  }

  /** Without those that it needs anyway, and its own. */
  found(needed: readonly string[], soname: string | undefined): readonly string[] {
    for (let at = this.#rest.indexOf(MARK); at >= 0; at = this.#rest.indexOf(MARK, at + 1))
      this.#look(this.#rest, at);
    const known = new Set([...needed, soname]);
    return [...this.#found].filter((name) => !known.has(name)).sort();
  }

  #look(bytes: Buffer, mark: number): void {
    if (this.#found.size >= MAX_NAMES) return;
    let start = mark;
    while (start > 0 && mark - start < MAX_NAME && isNamePart(bytes[start - 1])) start--;
    let end = mark + MARK.length;
    while (end < bytes.length && end - mark < MAX_NAME && isNamePart(bytes[end])) end++;
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
