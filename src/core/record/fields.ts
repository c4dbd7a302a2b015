import { type Digest, isDigest } from "../base/digest.ts";
import type { Json } from "../base/json.ts";
import { RecordError } from "./error.ts";
import { isTime } from "./time.ts";

export type JsonObject = Readonly<Record<string, Json | undefined>>;

/** Nothing that we write nests deeper than six; what does would only be there to exhaust a stack. */
export const DEPTH_LIMIT = 32;
/** From here on JSON.parse of brackets alone takes seconds and hundreds of megabytes; they are counted first. */
const LONG = 64 * 1024;

/** Parses one JSON object whose nesting is bounded. Throws RecordError RECORD_JSON or RECORD_SHAPE. */
export function parseObject(text: string): JsonObject {
  if (text.length > LONG && isDeepText(text, DEPTH_LIMIT)) throw tooDeep();
  let value: Json;
  try {
    // JSON.parse gives nothing but JSON.
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new RecordError("RECORD_JSON", "expected a JSON object, found no JSON", { cause });
  }
  if (!isObject(value)) throw new RecordError("RECORD_SHAPE", "expected a JSON object");
  if (isDeep(value, DEPTH_LIMIT)) throw tooDeep();
  return value;
}

function tooDeep(): RecordError {
  return new RecordError("RECORD_SHAPE", `nested deeper than ${DEPTH_LIMIT} levels`);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDeep(value: Json | undefined, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left === 0) return true;
  if (!isObject(value)) return Array.isArray(value) && value.some((item: Json) => isDeep(item, left - 1));
  // An object out of JSON.parse has no enumerable members but its own.
  for (const name in value) if (isDeep(value[name], left - 1)) return true;
  return false;
}

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [
  0x22, 0x5c, 0x5b, 0x7b, 0x5d, 0x7d,
];

/** The same of a text, by its brackets outside of words; what it gives for a text that is no JSON does not matter. */
function isDeepText(text: string, limit: number): boolean {
  let depth = 0;
  let isWord = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) isWord = !isWord;
    else if (isWord && unit === BACKSLASH) at++;
    else if (isWord) continue;
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) depth++;
    else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth--;
    if (depth > limit) return true;
  }
  return false;
}

/** Typed members of an object from outside; each throws RecordError RECORD_SHAPE with the member's name. */
export class Fields {
  readonly #object: JsonObject;
  readonly #where: string;

  constructor(value: Json | undefined, where: string) {
    if (!isObject(value)) throw wrong(where, "an object");
    this.#object = value;
    this.#where = where;
  }

  get names(): readonly string[] {
    return Object.keys(this.#object);
  }

  get(name: string): Json | undefined {
    // Own members only: `constructor` of a JSON object is not what its writer wrote.
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === "string" ? value : this.#wrong(name, "text");
  }

  textOrNull(name: string): string | null {
    return this.get(name) === null ? null : this.text(name);
  }

  texts(name: string): readonly string[] {
    const value = this.get(name);
    const isTexts = Array.isArray(value) && value.every((item: Json) => typeof item === "string");
    return isTexts ? value : this.#wrong(name, "a list of texts");
  }

  /** ISO 8601 in UTC with milliseconds. */
  time(name: string): string {
    const text = this.text(name);
    return isTime(text) ? text : this.#wrong(name, "a UTC time with milliseconds");
  }

  count(name: string): number {
    const value = this.get(name);
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#wrong(name, "a whole number");
  }

  flag(name: string): boolean {
    const value = this.get(name);
    return typeof value === "boolean" ? value : this.#wrong(name, "true or false");
  }

  digest(name: string): Digest {
    const value = this.get(name);
    return typeof value === "string" && isDigest(value) ? value : this.#wrong(name, "a sha256 digest");
  }

  digestOrNull(name: string): Digest | null {
    return this.get(name) === null ? null : this.digest(name);
  }

  digests(name: string): readonly Digest[] {
    const value = this.get(name);
    if (!Array.isArray(value)) return this.#wrong(name, "a list of sha256 digests");
    return value.map((item: Json) =>
      typeof item === "string" && isDigest(item) ? item : this.#wrong(name, "a list of sha256 digests"),
    );
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.get(name);
    return words.find((word) => word === value) ?? this.#wrong(name, words.join(" or "));
  }

  list(name: string): readonly Fields[] {
    const value = this.get(name);
    if (!Array.isArray(value)) return this.#wrong(name, "a list");
    return value.map((item: Json, index) => new Fields(item, `${this.#where}.${name}[${index}]`));
  }

  object(name: string): Fields {
    return new Fields(this.get(name), `${this.#where}.${name}`);
  }

  #wrong(name: string, expected: string): never {
    throw wrong(`${this.#where}.${name}`, expected);
  }
}

function wrong(where: string, expected: string): RecordError {
  return new RecordError("RECORD_SHAPE", `expected ${expected} as ${where}`, { details: { where } });
}
