import type { Read } from "./display-reader.ts";
import { ExpressionReader } from "./expression-reader.ts";

const [NEWLINE, STAR, COMMA, MINUS, DOT] = [0x0a, 0x2a, 0x2c, 0x2d, 0x2e];
const [COLON, SEMICOLON, EQUALS, MORE] = [0x3a, 0x3b, 0x3d, 0x3e];
const [ROUND, ROUND_END] = [0x28, 0x29];
const AUGMENTED = /(?:\*\*|\/\/|<<|>>|[-+*/%@&|^])=/y;

/** Simple statements and the heads of others (reference, 7 and 8), all but those that import. True: it is one, to its end. */
export class StatementReader extends ExpressionReader {
  /** Simple statements on one line, up to where it ends. */
  line(): boolean {
    do {
      if (!this.#simple()) return false;
    } while (this.take(SEMICOLON) && !this.isAtEnd);
    return this.isAtEnd;
  }

  /** Statements that import, and others, on one line. */
  importLine(): boolean {
    do {
      if (!this.#importing() && !this.#simple()) return false;
    } while (this.take(SEMICOLON) && !this.isAtEnd);
    return this.isAtEnd;
  }

  #importing(): boolean {
    if (this.takeWord("import")) return this.#imported(() => this.#dotted());
    if (!this.takeWord("from")) return false;
    const isRelative = this.code === DOT;
    while (this.code === DOT) this.step();
    const isNamed = !this.isWord("import");
    if (isNamed ? !this.#dotted() : !isRelative) return false;
    if (!this.takeWord("import")) return false;
    if (this.take(STAR)) return true;
    if (this.code !== ROUND) return this.#imported(() => this.takeName());
    this.open();
    return this.#imported(() => this.takeName(), ROUND_END) && this.close(ROUND_END);
  }

  /** Names with aliases; in brackets a comma may be the last. */
  #imported(name: () => boolean, end?: number): boolean {
    do {
      if (end !== undefined && this.code === end) return true;
      if (!name() || !this.#alias()) return false;
    } while (this.take(COMMA));
    return true;
  }

  #dotted(): boolean {
    do if (!this.takeName()) return false;
    while (this.take(DOT));
    return true;
  }

  get isAtEnd(): boolean {
    return this.code === NEWLINE || this.at >= this.text.length;
  }

  get #isAtStop(): boolean {
    return this.isAtEnd || this.code === SEMICOLON;
  }

  #simple(): boolean {
    if (this.takeWord("pass") || this.takeWord("break") || this.takeWord("continue")) return true;
    if (this.takeWord("return")) return this.#isAtStop || this.#list() !== undefined;
    if (this.takeWord("raise")) return this.#isAtStop || this.#raised();
    if (this.takeWord("del")) return this.#deleted();
    if (this.takeWord("assert"))
      return this.expression() !== undefined && (!this.take(COMMA) || this.expression() !== undefined);
    if (this.takeWord("global") || this.takeWord("nonlocal")) return this.#names();
    if (this.takeWord("yield")) return this.yielded();
    return !this.#isOfPython2() && this.#assignment();
  }

  /** `print x`, `exec x`; with a bracket they are calls. */
  #isOfPython2(): boolean {
    const end = this.isWord("print") || this.isWord("exec") ? this.wordEnd() : undefined;
    return end !== undefined && !/^ *\(/.test(this.text.slice(end, end + 4));
  }

  #raised(): boolean {
    return this.expression() !== undefined && (!this.takeWord("from") || this.expression() !== undefined);
  }

  #deleted(): boolean {
    const isInBrackets = this.code === ROUND;
    const read = this.#list();
    return read === "name" || read === "target" || (isInBrackets && read !== undefined);
  }

  #names(): boolean {
    do if (!this.takeName()) return false;
    while (this.take(COMMA));
    return true;
  }

  protected override yielded(): boolean {
    if (this.takeWord("from")) return this.expression() !== undefined;
    return this.#isAtStop || this.code === ROUND_END || this.#list() !== undefined;
  }

  /** An expression by itself, or what one or several targets are given. */
  #assignment(): boolean {
    const isStarred = this.code === STAR;
    const first = this.#item();
    // By itself it is nothing that is known.
    if (isStarred && this.code !== COMMA) return false;
    if (first === undefined || this.#isAtStop) return first !== undefined;
    if (this.code === COLON) return first !== "value" && this.#annotated();
    if (this.#takeAugmented()) return first !== "value" && this.#given() !== undefined;
    let read = this.#list(first);
    if (read === undefined) return false;
    while (this.code === EQUALS) {
      if (read === "value") return false;
      this.step();
      read = this.#given();
      if (read === undefined) return false;
    }
    return true;
  }

  #takeAugmented(): boolean {
    if (this.code === EQUALS || this.code === COMMA) return false;
    AUGMENTED.lastIndex = this.at;
    const [sign] = AUGMENTED.exec(this.text) ?? [];
    if (sign !== undefined) this.step(sign.length);
    return sign !== undefined;
  }

  #annotated(): boolean {
    this.step();
    return this.annotation() && (!this.take(EQUALS) || this.#given() !== undefined);
  }

  #given(): Read {
    return this.takeWord("yield") ? (this.yielded() ? "value" : undefined) : this.#list();
  }

  /** Expressions with commas between them. */
  #list(first = this.#item()): Read {
    let read = first;
    if (this.code !== COMMA) return read;
    let isAssignable = true;
    while (read !== undefined) {
      isAssignable &&= read !== "value";
      if (!this.take(COMMA) || this.#isListEnd) return isAssignable ? "target" : "value";
      read = this.#item();
    }
    return undefined;
  }

  #item(): Read {
    return this.code === STAR ? this.starred() : this.expression();
  }

  get #isListEnd(): boolean {
    return this.#isAtStop || this.code === EQUALS || this.code === ROUND_END || this.code === COLON;
  }

  /** The head of a compound statement, its colon with it, after `word` was taken. */
  protected head(word: string): boolean {
    return this.#headOf(word) && this.take(COLON);
  }

  #headOf(word: string): boolean {
    switch (word) {
      case "if":
      case "elif":
      case "while":
        return this.named() !== undefined;
      case "else":
      case "try":
      case "finally":
        return true;
      case "for":
        return this.targets() && this.takeWord("in") && this.#list() !== undefined;
      case "with":
        return this.#managers();
      case "except":
        return this.code === COLON || (this.expression() !== undefined && this.#alias());
      case "def":
        return this.#signature();
      case "class":
        return this.takeName() && (this.code !== ROUND || this.arguments());
      default:
        return false;
    }
  }

  #alias(): boolean {
    return !this.takeWord("as") || this.takeName();
  }

  #managers(): boolean {
    do {
      if (this.expression() === undefined) return false;
      if (this.takeWord("as")) {
        const read = this.primary();
        if (read !== "name" && read !== "target") return false;
      }
    } while (this.take(COMMA));
    return true;
  }

  #signature(): boolean {
    if (!this.takeName() || this.code !== ROUND) return false;
    this.open();
    if (!this.parameters(ROUND_END, true) || !this.close(ROUND_END)) return false;
    if (this.code !== MINUS || this.nextCode !== MORE) return true;
    this.step(2);
    return this.annotation();
  }
}
