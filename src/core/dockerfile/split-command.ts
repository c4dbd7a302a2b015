import type { Flag } from "./dockerfile.ts";
import { cut, cutWhitespace, isSpace, trimSpace } from "./space.ts";

export interface SplitLine {
  /** As written. */
  readonly name: string;
  readonly flags: readonly Flag[];
  /** What follows the flags, trimmed. */
  readonly rest: string;
}

/** Cuts a logical line into the instruction's name, its flags and the rest (BuildKit's splitCommand). */
export function splitCommand(line: string, escape: string): SplitLine {
  const [name, after] = cutWhitespace(trimSpace(line));
  if (after === undefined) return { name, flags: [], rest: "" };
  const { words, rest } = new FlagScanner(after, escape).scan();
  const flags = words.map((word): Flag => {
    const [flag, value] = cut(word.slice(2), "=");
    return { name: flag, value };
  });
  return { name, flags, rest: trimSpace(rest) };
}

/**
 * BuildKit's extractBuilderFlags. It walks bytes as if they were characters, so that a flag's value outside ASCII
 * comes out as its UTF-8 bytes read as Latin-1: kept, because the build would see the same.
 */
class FlagScanner {
  readonly #source: string;
  readonly #bytes: string;
  readonly #escape: string;
  readonly #words: string[] = [];
  #word = "";
  #position = 0;
  #quoted = false;

  constructor(source: string, escape: string) {
    this.#source = source;
    this.#bytes = latin1(source);
    this.#escape = escape;
  }

  scan(): { words: readonly string[]; rest: string } {
    while (this.#position < this.#bytes.length) {
      if (isSpace(this.#char())) {
        this.#position++;
        continue;
      }
      if (!this.#bytes.startsWith("--", this.#position)) return this.#finish(this.#position);
      this.#readWord();
      if (this.#word === "--") return this.#finish(this.#position);
      if (this.#quoted || this.#word !== "") this.#words.push(this.#word);
    }
    return { words: this.#words, rest: "" };
  }

  #readWord(): void {
    this.#word = "";
    this.#quoted = false;
    let quote = "";
    for (; this.#position < this.#bytes.length; this.#position++) {
      let char = this.#char();
      if (quote === "" && isSpace(char)) return;
      if (quote === "" && (char === "'" || char === '"')) {
        quote = char;
        this.#quoted = true;
        continue;
      }
      if (quote !== "" && char === quote) {
        quote = "";
        continue;
      }
      if (char === this.#escape) {
        // An escape character at the very end is dropped.
        if (this.#position + 1 === this.#bytes.length) continue;
        this.#position++;
        char = this.#char();
      }
      this.#word += char;
    }
  }

  #char(): string {
    return this.#bytes.charAt(this.#position);
  }

  #finish(position: number): { words: readonly string[]; rest: string } {
    if (this.#bytes === this.#source) return { words: this.#words, rest: this.#source.slice(position) };
    const bytes = Uint8Array.from(this.#bytes.slice(position), (char) => char.charCodeAt(0));
    return { words: this.#words, rest: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) };
  }
}

function latin1(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is exactly this range
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  let out = "";
  for (const byte of new TextEncoder().encode(text)) out += String.fromCharCode(byte);
  return out;
}
