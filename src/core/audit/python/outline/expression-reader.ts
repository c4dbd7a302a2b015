import type { Read } from "./display-reader.ts";
import { isNumberStart, quoteAt, takeNumber, takeString } from "./literal.ts";
import { MAX_LEVELS, PartReader } from "./part-reader.ts";

const [PERCENT, AMPERSAND, STAR, PLUS, MINUS, DOT, SLASH] = [0x25, 0x26, 0x2a, 0x2b, 0x2d, 0x2e, 0x2f];
const [COLON, LESS, EQUALS, MORE, AT] = [0x3a, 0x3c, 0x3d, 0x3e, 0x40];
const [BANG, CARET, BAR, TILDE] = [0x21, 0x5e, 0x7c, 0x7e];
const [ROUND, SQUARE, CURLY] = [0x28, 0x5b, 0x7b];
const CONSTANTS: ReadonlySet<string> = new Set(["None", "True", "False"]);

/** Expressions as the reference has them (6.2 to 6.15): which operator binds more is all the same here. */
export abstract class ExpressionReader extends PartReader {
  protected override expression(): Read {
    if (this.levels >= MAX_LEVELS) return undefined;
    this.levels++;
    const read = this.takeWord("lambda") ? this.#lambda() : this.choice();
    this.levels--;
    return read;
  }

  #lambda(): Read {
    return this.parameters(COLON, false) && this.take(COLON) ? this.expression() && "value" : undefined;
  }

  protected override choice(): Read {
    const read = this.alternatives();
    if (read === undefined || !this.takeWord("if")) return read;
    if (this.alternatives() === undefined || !this.takeWord("else")) return undefined;
    return this.expression() && "value";
  }

  protected override alternatives(): Read {
    let read = this.#negation();
    while (read !== undefined && (this.takeWord("and") || this.takeWord("or")))
      read = this.#negation() && "value";
    return read;
  }

  #negation(): Read {
    if (!this.takeWord("not")) return this.#comparison();
    if (this.levels >= MAX_LEVELS) return undefined;
    this.levels++;
    const read = this.#negation();
    this.levels--;
    return read && "value";
  }

  #comparison(): Read {
    let read = this.arithmetic();
    while (read !== undefined && this.#takeComparison()) read = this.arithmetic() && "value";
    return read;
  }

  #takeComparison(): boolean {
    const { code, nextCode } = this;
    switch (code) {
      case LESS:
      case MORE:
        // `<<=` is none of an expression.
        if (nextCode === code) return false;
        this.step(nextCode === EQUALS ? 2 : 1);
        return true;
      case EQUALS:
      case BANG:
        if (nextCode !== EQUALS) return false;
        this.step(2);
        return true;
      default:
        return this.#takeTest();
    }
  }

  #takeTest(): boolean {
    if (this.takeWord("in")) return true;
    if (this.takeWord("is")) {
      this.takeWord("not");
      return true;
    }
    const { at } = this;
    if (this.takeWord("not") && this.takeWord("in")) return true;
    // Whoever goes on finds what nothing can begin with.
    this.at = at;
    return false;
  }

  protected override arithmetic(): Read {
    let read = this.#operand();
    while (read !== undefined && this.#takeOperator()) read = this.#operand() && "value";
    return read;
  }

  #takeOperator(): boolean {
    const signs = this.#operatorSigns();
    // `+=` is none of an expression.
    if (signs === 0 || this.text.charCodeAt(this.at + signs) === EQUALS) return false;
    this.step(signs);
    return true;
  }

  #operatorSigns(): number {
    const { code, nextCode } = this;
    switch (code) {
      case STAR:
      case SLASH:
        return nextCode === code ? 2 : 1;
      case LESS:
      case MORE:
        return nextCode === code ? 2 : 0;
      case PLUS:
      case MINUS:
      case PERCENT:
      case AT:
      case AMPERSAND:
      case BAR:
      case CARET:
        return 1;
      default:
        return 0;
    }
  }

  #operand(): Read {
    const { code } = this;
    const isSigned = code === PLUS || code === MINUS || code === TILDE;
    if (!isSigned && !this.isWord("await")) return this.primary();
    if (this.levels >= MAX_LEVELS) return undefined;
    this.levels++;
    this.step(isSigned ? 1 : "await".length);
    const read = isSigned ? this.#operand() : this.primary();
    this.levels--;
    return read && "value";
  }

  protected override primary(): Read {
    let read = this.#atom();
    while (read !== undefined) {
      switch (this.code) {
        case DOT:
          this.step();
          read = this.takeName() ? "target" : undefined;
          break;
        case ROUND:
          read = this.arguments() ? "value" : undefined;
          break;
        case SQUARE:
          read = this.subscript() ? "target" : undefined;
          break;
        default:
          return read;
      }
    }
    return undefined;
  }

  #atom(): Read {
    const { code, text, at } = this;
    if (code === ROUND) return this.parenthesized();
    if (code === SQUARE || code === CURLY) return this.collection();
    if (isNumberStart(this)) return takeNumber(this) ? "value" : undefined;
    const end = this.wordEnd();
    if (quoteAt(this, end) !== undefined) return this.#strings();
    if (code === DOT && text.startsWith("...", at)) {
      this.step(3);
      return "value";
    }
    if (this.takeName()) return "name";
    if (!CONSTANTS.has(text.slice(at, end))) return undefined;
    this.step(end - at);
    return "value";
  }

  /** One, or several in a row. */
  #strings(): Read {
    for (;;) {
      const quote = quoteAt(this, this.wordEnd());
      if (quote === undefined) return "value";
      const token = takeString(this, quote);
      if (token === undefined || (token.hasFields && !this.fields(token))) return undefined;
    }
  }
}
