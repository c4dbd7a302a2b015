import type { Json } from "../../base/json.ts";
import { AdvisoryError } from "./error.ts";
import { positionIn, type RecordText, shown } from "./record-text.ts";

/** Records nest to 7; what a database adds of its own is not much deeper. */
const MAX_DEPTH = 64;

const WHITE_SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A word that is its own value: neither escapes nor what JSON allows in no word. */
const PLAIN = /[^"\\\x00-\x1f]*/y; // eslint-disable-line no-control-regex -- these are what is looked for

/**
 * RFC 8259 as one meaning alone: JSON.parse takes the last of two equal keys, so that one reader sees `withdrawn` and another
 * does not; and it makes Infinity of 1e999. Objects have no prototype, so `__proto__` is a key like any other. Linear in
 * the text. Throws AdvisoryError ADVISORY_JSON, ADVISORY_LIMIT with the place.
 */
export function parseStrictJson(source: RecordText): Json {
  const reader = new Reader(source);
  const value = reader.value(MAX_DEPTH);
  reader.end();
  return value;
}

class Reader {
  readonly #source: RecordText;
  readonly #text: string;
  #at = 0;

  constructor(source: RecordText) {
    this.#source = source;
    this.#text = source.text;
  }

  value(depth: number): Json {
    this.#skip();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object(this.#deeper(depth));
      case "[":
        return this.#list(this.#deeper(depth));
      case '"':
        return this.#word();
      case "t":
        return this.#literal("true", true);
      case "f":
        return this.#literal("false", false);
      case "n":
        return this.#literal("null", null);
      default:
        return this.#number();
    }
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#fail("the end of the record");
  }

  #deeper(depth: number): number {
    if (depth > 0) return depth - 1;
    throw new AdvisoryError("ADVISORY_LIMIT", `the record nests deeper than ${MAX_DEPTH}`, {
      at: positionIn(this.#source, this.#at),
    });
  }

  #object(depth: number): Json {
    const object: Record<string, Json> = Object.create(null) as Record<string, Json>;
    this.#at++;
    if (this.#takes("}")) return object;
    do {
      this.#skip();
      const start = this.#at;
      if (this.#text[start] !== '"') this.#fail("a key");
      const key = this.#word();
      if (key in object) this.#twice(key, start);
      if (!this.#takes(":")) this.#fail("a colon");
      object[key] = this.value(depth);
    } while (this.#takes(","));
    if (!this.#takes("}")) this.#fail("a comma or the end of the object");
    return object;
  }

  #list(depth: number): Json {
    const list: Json[] = [];
    this.#at++;
    if (this.#takes("]")) return list;
    do list.push(this.value(depth));
    while (this.#takes(","));
    if (!this.#takes("]")) this.#fail("a comma or the end of the list");
    return list;
  }

  #word(): string {
    const start = this.#at + 1;
    PLAIN.lastIndex = start;
    PLAIN.test(this.#text);
    if (this.#text[PLAIN.lastIndex] === '"') {
      this.#at = PLAIN.lastIndex + 1;
      return this.#text.slice(start, PLAIN.lastIndex);
    }
    return this.#escapedWord(start, PLAIN.lastIndex);
  }

  /** `from`: the first that is not plain. */
  #escapedWord(start: number, from: number): string {
    let end = from;
    while (this.#text[end] === "\\") {
      // Behind the end, a search would begin at the start again.
      PLAIN.lastIndex = Math.min(end + 2, this.#text.length);
      PLAIN.test(this.#text);
      end = PLAIN.lastIndex;
    }
    if (this.#text[end] !== '"') {
      this.#at = end;
      this.#fail("the end of the word");
    }
    try {
      // It begins and ends with a quote, so that it can be nothing but a word or an error.
      const word = JSON.parse(this.#text.slice(start - 1, end + 1)) as string;
      this.#at = end + 1;
      return word;
    } catch {
      this.#at = from;
      return this.#fail("an escape that JSON has");
    }
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) return this.#fail("a value");
    const value = Number(text);
    if (!Number.isFinite(value)) this.#fail("a number below 1.8e308");
    this.#at = NUMBER.lastIndex;
    return value;
  }

  #literal<Value extends Json>(text: string, value: Value): Value {
    if (!this.#text.startsWith(text, this.#at)) this.#fail("a value");
    this.#at += text.length;
    return value;
  }

  #skip(): void {
    WHITE_SPACE.lastIndex = this.#at;
    WHITE_SPACE.test(this.#text);
    this.#at = WHITE_SPACE.lastIndex;
  }

  #takes(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #twice(key: string, offset: number): never {
    throw new AdvisoryError("ADVISORY_JSON", `the key "${shown(key)}" stands there twice`, {
      at: positionIn(this.#source, offset),
    });
  }

  #fail(expected: string): never {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    const found = rest === "" ? "the end of the text" : `"${shown(rest)}"`;
    throw new AdvisoryError("ADVISORY_JSON", `expected ${expected}, found ${found}`, {
      at: positionIn(this.#source, this.#at),
    });
  }
}
