import { isQuote } from "./literal.ts";
import { SourceCursor } from "./source-cursor.ts";

/** What was read: a plain name, something else that may be assigned to, or any other value. Undefined: nothing that is known here. */
export type Read = "name" | "target" | "value" | undefined;

const [STAR, COMMA, COLON, EQUALS] = [0x2a, 0x2c, 0x3a, 0x3d];
const [ROUND_END, SQUARE, SQUARE_END, CURLY_END] = [0x29, 0x5b, 0x5d, 0x7d];

/** Whatever is in brackets (reference, 6.2.3 to 6.2.8, 6.3.2 to 6.3.4), made of expressions that are read elsewhere. */
export abstract class DisplayReader extends SourceCursor {
  /** `lambda`, a choice by `if`, or less. */
  protected abstract expression(): Read;
  /** Joined by `and` and `or`, or less. */
  protected abstract alternatives(): Read;
  /** Joined by signs, or less. */
  protected abstract arithmetic(): Read;
  /** A name, a value or a display, with attributes, calls and subscripts behind it. */
  protected abstract primary(): Read;
  /** `yield`, after that word. */
  protected abstract yielded(): boolean;

  /** An expression, or `name := value`. */
  protected named(): Read {
    const read = this.expression();
    if (read !== "name" || this.code !== COLON || this.nextCode !== EQUALS) return read;
    this.step(2);
    return this.expression() && "value";
  }

  /** A tuple, an expression in brackets, or one that makes its items as they are asked for. */
  protected parenthesized(): Read {
    this.open();
    if (this.close(ROUND_END)) return "value";
    if (this.takeWord("yield")) return this.yielded() && this.close(ROUND_END) ? "value" : undefined;
    return this.#items(ROUND_END);
  }

  /** A list, a set or a table. */
  protected collection(): Read {
    const isList = this.code === SQUARE;
    const end = isList ? SQUARE_END : CURLY_END;
    this.open();
    if (this.close(end)) return "value";
    if (isList || (this.code === STAR && this.nextCode !== STAR)) return this.#items(end);
    if (this.code === STAR) return this.#rows(false);
    const first = this.expression();
    if (first === undefined) return undefined;
    if (this.code !== COLON) return this.#items(end, first);
    // `{x := 1}` is a set, and nobody's style.
    if (this.nextCode === EQUALS) return undefined;
    this.step();
    return this.expression() && this.#rows(true);
  }

  /** Up to the bracket that closes; one in round ones without a comma is no tuple. */
  #items(end: number, first?: Read): Read {
    const isStarred = first === undefined && this.code === STAR;
    let read = first ?? this.#element();
    if (read !== undefined && !isStarred && this.#isClause()) return this.#made(end);
    let isAssignable = true;
    for (let items = 1; read !== undefined; items++) {
      isAssignable &&= read !== "value";
      const isFollowed = this.take(COMMA);
      if (this.close(end))
        return isAssignable && (isFollowed || items > 1 || end === SQUARE_END) && end !== CURLY_END
          ? "target"
          : "value";
      if (!isFollowed) return undefined;
      read = this.#element();
    }
    return undefined;
  }

  /** A named expression, or `*values`. */
  #element(): Read {
    if (this.code !== STAR || this.nextCode === STAR) return this.named();
    this.step();
    return this.arithmetic() && "value";
  }

  /** `*values` without brackets around it, or what takes all that is left: what begins with a name, as the grammar has it. */
  protected starred(): Read {
    this.step();
    const { at } = this;
    if (!this.takeName() || isQuote(this.code)) return undefined;
    this.at = at;
    const read = this.primary();
    return read === "name" ? "target" : read;
  }

  /** Rows of a table; `isWithin`: the first one was read. */
  #rows(isWithin: boolean): Read {
    if (isWithin && this.#isClause()) return this.#made(CURLY_END);
    for (let isNext = !isWithin || this.take(COMMA); isNext; isNext = this.take(COMMA)) {
      if (this.code === CURLY_END) break;
      if (!this.#row()) return undefined;
    }
    return this.close(CURLY_END) ? "value" : undefined;
  }

  #row(): boolean {
    if (this.code === STAR && this.nextCode === STAR) {
      this.step(2);
      return this.arithmetic() !== undefined;
    }
    return this.expression() !== undefined && this.take(COLON) && this.expression() !== undefined;
  }

  #isClause(): boolean {
    return this.isWord("for") || this.isWord("async");
  }

  #made(end: number): Read {
    return this.#clauses() && this.close(end) ? "value" : undefined;
  }

  /** `for x in y if z`, once or more. */
  #clauses(): boolean {
    while (this.#isClause()) {
      this.takeWord("async");
      if (!this.takeWord("for") || !this.targets() || !this.takeWord("in")) return false;
      if (this.alternatives() === undefined) return false;
      while (this.takeWord("if")) if (this.alternatives() === undefined) return false;
    }
    return true;
  }

  /** What a `for` gives its items to. */
  protected targets(): boolean {
    do {
      const read = this.code === STAR ? this.starred() : this.primary();
      if (read !== "name" && read !== "target") return false;
    } while (this.take(COMMA) && !this.isWord("in"));
    return true;
  }

  /** In round brackets, of a call or a class. */
  protected arguments(): boolean {
    this.open();
    for (let isFirst = true; !this.close(ROUND_END); isFirst = false) {
      const isPlain = this.#argument();
      if (isPlain === undefined) return false;
      if (isFirst && isPlain && this.#isClause()) return this.#made(ROUND_END) !== undefined;
      if (!this.take(COMMA) && this.code !== ROUND_END) return false;
    }
    return true;
  }

  /** Whether it is neither starred nor given by name; undefined where it is none. */
  #argument(): boolean | undefined {
    if (this.code === STAR) {
      this.step(this.nextCode === STAR ? 2 : 1);
      return this.expression() && false;
    }
    const read = this.named();
    if (read === "name" && this.code === EQUALS && this.nextCode !== EQUALS) {
      this.step();
      return this.expression() && false;
    }
    return read && true;
  }

  protected subscript(): boolean {
    this.open();
    do {
      if (!this.#slice()) return false;
    } while (this.take(COMMA) && this.code !== SQUARE_END);
    return this.close(SQUARE_END);
  }

  /** An expression, or up to three with colons between them, each of which may be left out. */
  #slice(): boolean {
    for (let colons = 0; ; colons++) {
      const { code } = this;
      const isLeftOut = code === COLON || code === COMMA || code === SQUARE_END;
      if (isLeftOut ? colons === 0 && code !== COLON : this.expression() === undefined) return false;
      if (colons === 2 || !this.take(COLON)) return true;
    }
  }
}
