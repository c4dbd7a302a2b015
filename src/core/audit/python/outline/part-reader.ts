import { DisplayReader, type Read } from "./display-reader.ts";
import type { StringToken } from "./literal.ts";

const [BANG, STAR, COMMA, SLASH, COLON, EQUALS] = [0x21, 0x2a, 0x2c, 0x2f, 0x3a, 0x3d];
const [CURLY, CURLY_END] = [0x7b, 0x7d];
const NO_TYPE = /[:<>=!+\-*/%&^@~]/;
/** Fields in the format of another field: nobody goes further. */
const MAX_FIELDS = 2;
/** Expressions in each other. */
export const MAX_LEVELS = 60;
/** Of a field: what is in it is read twice, as part of the string and by itself. */
const FIELD_LEVELS = 15;

/** Parts of expressions that are neither: parameters, and the fields of strings. */
export abstract class PartReader extends DisplayReader {
  /** A choice by `if`, or less: `lambda` has a colon of its own. */
  protected abstract choice(): Read;

  /** Up to the sign that ends them; `isTyped`: with annotations, as functions have them. */
  protected parameters(end: number, isTyped: boolean): boolean {
    while (this.code !== end) {
      if (!this.#parameter(isTyped)) return false;
      if (!this.take(COMMA) && this.code !== end) return false;
    }
    return true;
  }

  #parameter(isTyped: boolean): boolean {
    if (this.take(SLASH)) return true;
    const isStarred = this.code === STAR;
    const isTable = isStarred && this.nextCode === STAR;
    if (isStarred) this.step(isTable ? 2 : 1);
    // `*` by itself: what follows is given by name.
    if (!this.takeName()) return isStarred && !isTable && this.code === COMMA;
    if (isTyped && this.take(COLON) && !this.annotation()) return false;
    if (isStarred || this.code !== EQUALS) return true;
    this.step();
    return this.expression() !== undefined;
  }

  /** An expression; with some signs, the grammar takes it for no type. */
  protected annotation(): boolean {
    const { at } = this;
    return this.expression() !== undefined && !NO_TYPE.test(this.text.slice(at, this.at));
  }

  /** Those of a string that was taken already: `{value!r:format}`. Leaves the cursor where it was. */
  protected fields({ start, end }: StringToken): boolean {
    const { at, depth } = this;
    this.at = start;
    const isSound = this.#fieldsUpTo(end, 0);
    this.at = at;
    this.depth = depth;
    return isSound;
  }

  #fieldsUpTo(end: number, within: number): boolean {
    while (this.at < end) {
      const { code, nextCode } = this;
      const isDoubled = code === nextCode && within === 0;
      if (code === CURLY_END && !isDoubled) return within > 0;
      if (code === CURLY && !isDoubled) {
        if (!this.#field(end, within)) return false;
      } else this.at += code === CURLY || code === CURLY_END ? 2 : 1;
    }
    return within === 0 && this.at === end;
  }

  #field(end: number, within: number): boolean {
    const start = this.at;
    if (within >= MAX_FIELDS || this.levels + FIELD_LEVELS > MAX_LEVELS) return false;
    this.levels += FIELD_LEVELS;
    this.depth = 1;
    this.step();
    const read = this.choice();
    this.levels -= FIELD_LEVELS;
    if (read === undefined) return false;
    const written = this.text.slice(start, this.at);
    // Only since Python 3.12, and not where a string seems to end before it does.
    if (this.at >= end || written.includes("\\")) return false;
    if (this.code === EQUALS) this.step();
    if (this.code === BANG) this.#conversion();
    if (this.code === COLON) {
      // `x:=` is a format, and looks like something else.
      if (this.nextCode === EQUALS) return false;
      this.at++;
      if (!this.#fieldsUpTo(end, within + 1)) return false;
    }
    if (this.code !== CURLY_END || this.at >= end) return false;
    this.at++;
    return true;
  }

  #conversion(): void {
    const isKnown = "rsa".includes(this.text[this.at + 1] ?? " ");
    // No blank may stand behind it.
    if (isKnown) this.at += 2;
  }
}
