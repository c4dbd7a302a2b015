import type { Json } from "../../base/json.ts";
import { AdvisoryError } from "./error.ts";
import { type RecordText, shown } from "./record-text.ts";

type JsonObject = { readonly [key: string]: Json | undefined };

/** What all values of a record share: where it stands, and what it calls itself once that was read. */
interface Whole {
  readonly source: Pick<RecordText, "file" | "line">;
  id: string | undefined;
}

/** A value of a record that knows its path, which is only written out where the value is refused. */
export class Cursor {
  readonly #value: Json | undefined;
  readonly #whole: Whole;
  readonly #above: Cursor | undefined;
  readonly #key: string | number;

  private constructor(value: Json | undefined, whole: Whole, above?: Cursor, key: string | number = "") {
    this.#value = value;
    this.#whole = whole;
    this.#above = above;
    this.#key = key;
  }

  static of(value: Json, source: Pick<RecordText, "file" | "line">): Cursor {
    return new Cursor(value, { source, id: undefined });
  }

  /** From now on errors name the record. */
  named(id: string): void {
    this.#whole.id = id;
  }

  /** Missing and null are the same: the schema allows both for most members. */
  get isThere(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  get isText(): boolean {
    return typeof this.#value === "string";
  }

  /** Of an object, which this must be. */
  member(key: string): Cursor {
    return new Cursor(this.#object()[key], this.#whole, this, key);
  }

  /** Undefined where it is missing. */
  optional(): Cursor | undefined {
    return this.isThere ? this : undefined;
  }

  /** The members of a list; none where it is missing. */
  list(): readonly Cursor[] {
    const value = this.#value;
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return this.fail("a list");
    // Array.isArray makes `any` of a readonly array.
    return (value as readonly Json[]).map((each, index) => new Cursor(each, this.#whole, this, index));
  }

  text(form: RegExp, expected: string): string {
    const value = this.#value;
    return typeof value === "string" && form.test(value) ? value : this.fail(expected);
  }

  /** Throws AdvisoryError ADVISORY_INVALID with file, line, record and path. */
  fail(expected: string): never {
    const { source, id } = this.#whole;
    const path = this.#path();
    const record = id === undefined ? "" : `${id}: `;
    throw new AdvisoryError(
      "ADVISORY_INVALID",
      `${record}expected ${expected}${path === "" ? "" : ` at ${path}`}, found ${described(this.#value)}`,
      {
        at: { file: source.file, line: source.line, column: 1 },
        details: { ...(id === undefined ? {} : { record: id }), path },
      },
    );
  }

  #object(): JsonObject {
    const value = this.#value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.fail("an object");
    // What is left of Json's forms.
    return value as JsonObject;
  }

  #path(): string {
    const keys: (string | number)[] = [];
    // oxlint-disable-next-line typescript/no-this-alias -- the walk begins here and goes up
    for (let at: Cursor = this; at.#above !== undefined; at = at.#above) keys.push(at.#key);
    return keys
      .reverse()
      .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${shown(key)}`))
      .join("");
  }
}

function described(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "string") return `"${shown(value)}"`;
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return String(value);
}
