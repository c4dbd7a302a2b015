/** Reserved words (reference, 2.3.1). */
const RESERVED: ReadonlySet<string> = new Set(
  "None True False and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);
const LONGEST_RESERVED = 8;

const [TAB, NEWLINE, SPACE, BACKSLASH, UNDERSCORE] = [0x09, 0x0a, 0x20, 0x5c, 0x5f];

/** By code: 1 for letters and `_`, 2 for digits. Other letters than ASCII's are none here. */
const NAME_SIGNS = Uint8Array.from({ length: 128 }, (_, code) => {
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === UNDERSCORE;
  return isLetter ? 1 : code >= 48 && code <= 57 ? 2 : 0;
});

/** A place in Python source, always in front of a token: whoever takes one steps over the blanks behind it. */
export class SourceCursor {
  readonly text: string;
  at = 0;
  /** Brackets that are open here: in them, a line's end is a blank. */
  depth = 0;
  /** Expressions in each other here; what is deeper than a reader goes is left to the grammar. */
  levels = 0;
  /** Where the lines of the block begin that this is in. */
  margin = 0;
  /** In brackets, some line began before the margin: the grammar ends a block there, now and then, and nobody writes it. */
  isOutside = false;

  constructor(text: string) {
    this.text = text;
  }

  /** NaN at the end. */
  get code(): number {
    return this.text.charCodeAt(this.at);
  }

  get nextCode(): number {
    return this.text.charCodeAt(this.at + 1);
  }

  /** So many signs that are a token, and the blanks behind it. */
  step(signs = 1): void {
    this.at += signs;
    this.skipBlanks();
  }

  skipBlanks(): void {
    let line: number | undefined;
    for (;;) {
      const { code } = this;
      if (code === SPACE || code === TAB) this.at++;
      else if (code === NEWLINE && this.depth > 0) line = ++this.at;
      else if (code === BACKSLASH && this.nextCode === NEWLINE && this.at + 2 < this.text.length) {
        // A line of nothing else.
        if (line !== undefined) this.isOutside = true;
        this.at += 2;
      } else break;
    }
    if (line !== undefined && this.at - line < this.margin) this.isOutside = true;
  }

  open(): void {
    this.depth++;
    this.step();
  }

  /** The bracket that closes, if it is here. */
  close(code: number): boolean {
    if (this.code !== code) return false;
    this.depth--;
    this.step();
    return true;
  }

  take(code: number): boolean {
    if (this.code !== code) return false;
    this.step();
    return true;
  }

  get isAtLetter(): boolean {
    return NAME_SIGNS[this.code] === 1;
  }

  /** Where the word ends that begins here. */
  wordEnd(): number {
    let end = this.at;
    while ((NAME_SIGNS[this.text.charCodeAt(end)] ?? 0) > 0) end++;
    return end;
  }

  isWord(word: string): boolean {
    return this.text.startsWith(word, this.at) && !isNameSign(this.text.charCodeAt(this.at + word.length));
  }

  takeWord(word: string): boolean {
    // Asked for at each operand's end, where mostly no letter stands.
    if (this.code !== word.charCodeAt(0) || !this.isWord(word)) return false;
    this.step(word.length);
    return true;
  }

  /** A name of ASCII letters that is no reserved word. */
  takeName(): boolean {
    if (!this.isAtLetter) return false;
    const end = this.wordEnd();
    if (isNameSign(this.text.charCodeAt(end)) || isReserved(this.text, this.at, end)) return false;
    this.step(end - this.at);
    return true;
  }
}

export function isReserved(text: string, start: number, end: number): boolean {
  return end - start <= LONGEST_RESERVED && RESERVED.has(text.slice(start, end));
}

/** A word goes on with it. What is not ASCII may be a letter of any script. */
export function isNameSign(code: number): boolean {
  return code >= 128 || (NAME_SIGNS[code] ?? 0) > 0;
}
