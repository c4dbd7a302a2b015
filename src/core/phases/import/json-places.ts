import type { Json } from "../../base/json.ts";

/** A JSON text as a value, with the offset of each value by its path (`/0/todos/1/done`, RFC 6901 without escapes). */
export interface PlacedJson {
  readonly value: Json;
  readonly places: ReadonlyMap<string, number>;
}

/** What is wrong with a text that should be JSON, and at which character. */
export interface JsonFault {
  readonly offset: number;
  /** Completes "expected …". */
  readonly expected: string;
}

/** Deeper nesting is nobody's task list. */
const MAX_DEPTH = 64;

/**
 * Reads one JSON text (RFC 8259) strictly; a member that is there twice is a fault. Unlike JSON.parse it says where a text
 * is broken in the same words on every version of the engine.
 */
export function readPlacedJson(text: string): PlacedJson | JsonFault {
  try {
    return new Reader(text).read();
  } catch (thrown) {
    if (thrown instanceof Fault) return { offset: thrown.offset, expected: thrown.expected };
    throw thrown;
  }
}

class Fault extends Error {
  readonly offset: number;
  readonly expected: string;

  constructor(offset: number, expected: string) {
    super(expected);
    this.offset = offset;
    this.expected = expected;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

class Reader {
  readonly #text: string;
  readonly #places = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PlacedJson {
    const value = this.#value("", 0);
    this.#blank();
    if (this.#at < this.#text.length) throw new Fault(this.#at, "the end of the text");
    return { value, places: this.#places };
  }

  #value(path: string, depth: number): Json {
    this.#blank();
    this.#places.set(path, this.#at);
    if (depth > MAX_DEPTH) throw new Fault(this.#at, `at most ${MAX_DEPTH} levels of nesting`);
    const first = this.#text[this.#at];
    if (first === "{") return this.#object(path, depth);
    if (first === "[") return this.#array(path, depth);
    if (first === '"') return this.#string();
    return this.#plain();
  }

  #object(path: string, depth: number): Json {
    const members: [string, Json][] = [];
    const seen = new Set<string>();
    this.#each("}", "a member in quotes, or }", () => {
      const start = this.#at;
      if (this.#text[start] !== '"') throw new Fault(start, "a member in quotes");
      const name = this.#string();
      if (seen.has(name)) throw new Fault(start, `each member once, not ${JSON.stringify(name)} again`);
      seen.add(name);
      this.#blank();
      this.#take(":", "a colon");
      members.push([name, this.#value(`${path}/${name}`, depth + 1)]);
    });
    // fromEntries defines members: one that is called __proto__ is a member like any other.
    return Object.fromEntries(members);
  }

  #array(path: string, depth: number): Json {
    const items: Json[] = [];
    this.#each("]", "a value, or ]", () => items.push(this.#value(`${path}/${items.length}`, depth + 1)));
    return items;
  }

  /** What stands between brackets, with commas between. */
  #each(end: "}" | "]", expected: string, item: () => void): void {
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === end) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#blank();
      if (this.#at >= this.#text.length) throw new Fault(this.#at, expected);
      item();
      this.#blank();
      if (this.#text[this.#at] === end) break;
      this.#take(",", `a comma, or ${end}`);
    }
    this.#at++;
  }

  #string(): string {
    const start = this.#at;
    for (let at = start + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x5c) at++;
      else if (code < 0x20) throw new Fault(at, "a text that ends on its line");
      else if (code === 0x22) {
        this.#at = at + 1;
        return this.#unescaped(start);
      }
    }
    throw new Fault(start, "a text that ends");
  }

  #unescaped(start: number): string {
    try {
      // One string between its quotes: JSON.parse gives that, or refuses an escape.
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw new Fault(start, "a text with escapes as JSON has them");
    }
  }

  #plain(): Json {
    const start = this.#at;
    const word = /[a-z]*/y;
    word.lastIndex = start;
    const name = word.exec(this.#text)?.[0] ?? "";
    NUMBER.lastIndex = start;
    const number = NUMBER.exec(this.#text)?.[0] ?? "";
    if (Object.hasOwn(WORDS, name)) {
      this.#at += name.length;
      return WORDS[name] ?? null;
    }
    if (number === "") throw new Fault(start, "a value");
    this.#at += number.length;
    return Number(number);
  }

  #take(character: string, expected: string): void {
    if (this.#text[this.#at] !== character) throw new Fault(this.#at, expected);
    this.#at++;
  }

  #blank(): void {
    while (/^[ \t\n\r]$/.test(this.#text[this.#at] ?? "")) this.#at++;
  }
}
