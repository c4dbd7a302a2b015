import { lineEnd, logicalLineEnd } from "./logical-line.ts";
import { StatementReader } from "./statement-reader.ts";

/** Part of a text. */
export interface Span {
  readonly start: number;
  /** Just after it. */
  readonly end: number;
}

/**
 * `plain`: all of it is known to be sound, and imports nothing. `kept`: some of it imports. `unknown`: what it ends with is not
 * known; then what comes next is not left out either, since the grammar may find there what is wrong.
 */
type Judged = "plain" | "kept" | "unknown";

/** Plain statements in a row. */
interface Run extends Span {
  /** Of the last of them, and where the one before it ends. */
  readonly last: number;
  readonly before: number;
}

/** Blocks in each other; CPython gives up at a hundred. */
const MAX_BLOCKS = 100;
const [NEWLINE, FORM_FEED, SPACE, HASH, AT] = [0x0a, 0x0c, 0x20, 0x23, 0x40];
const ASSIGNED = /([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=(?!=)/y;

/** Which clauses may come after one of a compound statement; after `else` it hangs on how that began. */
const FOLLOWING: ReadonlyMap<string, readonly string[]> = new Map([
  ["if", ["elif", "else"]],
  ["elif", ["elif", "else"]],
  ["for", ["else"]],
  ["while", ["else"]],
  ["try", ["except", "finally"]],
  ["except", ["except", "else", "finally"]],
  ["with", []],
  ["def", []],
  ["class", []],
]);
const CLAUSES = ["elif", "else", "except", "finally"];
const COMPOUND: ReadonlySet<string> = new Set(["if", "for", "while", "try", "with", "def", "class", "async"]);

/** Blocks that cannot be told apart. */
class Lost extends Error {}

/** Reads a whole source block by block (reference, 2.1.8 and 8), and notes which of it says nothing about imports. */
export class BlockReader extends StatementReader {
  /** Runs of plain statements, each within one block, in no order. */
  readonly plain: Span[] = [];
  /** Heads of statements that are kept, and what else is that is not known. */
  readonly heads: Span[] = [];
  /** Statements at the margin that give a name something. */
  readonly assigned = new Map<string, Span[]>();
  #blocks = 0;
  /** Of the line that the cursor is on; -1 at the end of the text. */
  #indent = 0;
  /** Where the last statement ended. */
  #end = 0;

  /** False where its blocks cannot be told apart. */
  read(): boolean {
    try {
      this.#goTo(0);
      if (this.#indent > 0) return false;
      if (this.#indent === 0) this.#block(false);
      return this.#indent < 0;
    } catch (thrown) {
      if (thrown instanceof Lost) return false;
      throw thrown;
    }
  }

  /** To the first line with anything on it, from the start of one on. */
  #goTo(start: number): void {
    const { text } = this;
    for (let line = start; line < text.length; ) {
      let at = line;
      while (text.charCodeAt(at) === SPACE) at++;
      if (text.charCodeAt(at) === FORM_FEED) at++;
      if (text.charCodeAt(at) === HASH) at = lineEnd(text, at);
      if (text.charCodeAt(at) !== NEWLINE && at < text.length) {
        this.at = at;
        this.#indent = at - line;
        // Tabs count by another rule.
        if (text.charCodeAt(at - 1) === FORM_FEED || text.charCodeAt(at) === 0x09) throw new Lost();
        return;
      }
      line = at + 1;
    }
    this.at = text.length;
    this.#indent = -1;
  }

  /** `isHandler`: of an `except`. What it ends with says whether the program goes on, so that is kept. */
  #block(isHandler: boolean): Judged {
    if (++this.#blocks > MAX_BLOCKS) throw new Lost();
    const indent = this.#indent;
    let isPlain = true;
    let judged: Judged = "plain";
    let run: Run | undefined;
    do {
      const last = this.at;
      judged = this.#statement(judged === "unknown");
      if (judged === "plain")
        run = { start: run?.start ?? last, end: this.#end, last, before: run?.end ?? last };
      else {
        isPlain = false;
        if (run !== undefined) this.plain.push(run);
        run = undefined;
      }
      if (this.#indent > indent) throw new Lost();
    } while (this.#indent === indent);
    this.#blocks--;
    if (run !== undefined) this.#endRun(run, isHandler);
    return isPlain || judged === "unknown" ? judged : "kept";
  }

  #endRun({ start, end, last, before }: Run, isHandler: boolean): void {
    if (!isHandler) this.plain.push({ start, end });
    else if (last > start) this.plain.push({ start, end: before });
  }

  /** Leaves the cursor on the next line that has anything on it. `isLoose`: nothing of it may be left out. */
  #statement(isLoose: boolean): Judged {
    const { length } = this.plain;
    const judged = this.#judged();
    if (!isLoose) return judged;
    this.plain.length = length;
    return judged === "plain" ? "kept" : judged;
  }

  #judged(): Judged {
    const { text, at: start } = this;
    const indent = this.#indent;
    this.#begin(start);
    if (this.code === AT || COMPOUND.has(text.slice(start, this.wordEnd()))) return this.#compound(start);
    const judged = this.#line(start, indent);
    if (judged === "plain" && indent === 0) this.#noteAssigned(start);
    if (judged !== "unknown") this.#endAt(this.at);
    return judged;
  }

  /** Simple statements from here on; `start` is where their line begins. Where it is known, the cursor stays at its end. */
  #line(start: number, indent: number): Judged {
    const { at } = this;
    if (this.line()) return "plain";
    this.#begin(at);
    return this.importLine() ? "kept" : this.#unknown(start, indent);
  }

  #begin(at: number): void {
    this.at = at;
    this.depth = 0;
    this.levels = 0;
  }

  #endAt(end: number): void {
    this.#end = end;
    this.#goTo(end + 1);
  }

  #noteAssigned(start: number): void {
    ASSIGNED.lastIndex = start;
    const name = ASSIGNED.exec(this.text)?.[1];
    if (name === undefined) return;
    const known = this.assigned.get(name) ?? [];
    known.push({ start, end: this.at });
    this.assigned.set(name, known);
  }

  /** Keeps what is not known, with the block that it may begin: what is wrong with it may show there. */
  #unknown(start: number, indent: number): Judged {
    const end = logicalLineEnd(this.text, start);
    if (end === undefined) throw new Lost();
    this.#begin(start);
    this.heads.push({ start, end });
    this.#endAt(end);
    if (this.#indent > indent) {
      const { length } = this.plain;
      this.#block(false);
      this.plain.length = length;
    }
    return "unknown";
  }

  #compound(start: number): Judged {
    const indent = this.#indent;
    const marks = [this.plain.length, this.heads.length] as const;
    if (!this.#decorators(indent)) return this.#unknown(start, indent);
    const first = this.#keyword();
    if (first === undefined) return this.#unknown(start, indent);
    const clauses = [first];
    const found = new Set([this.#clause(first, indent)]);
    for (
      let next = this.#following(clauses, indent);
      next !== undefined;
      next = this.#following(clauses, indent)
    ) {
      clauses.push(next);
      found.add(this.#clause(next, indent));
    }
    if (found.has("unknown") || (first === "try" && clauses.length === 1)) return "unknown";
    if (found.has("kept")) return "kept";
    [this.plain.length, this.heads.length] = marks;
    return "plain";
  }

  #decorators(indent: number): boolean {
    const isDecorated = this.code === AT;
    while (this.code === AT) {
      this.step();
      if (this.named() === undefined || !this.isAtEnd) return false;
      this.#goTo(this.at + 1);
      if (this.#indent !== indent) return false;
    }
    return !isDecorated || this.isWord("def") || this.isWord("class") || this.isWord("async");
  }

  /** Of a compound statement, `async` passed over. */
  #keyword(): string | undefined {
    const { text, at } = this;
    const word = text.slice(at, this.wordEnd());
    if (word !== "async") return word;
    const [, next] = /^async +(def|for|with)\b/.exec(text.slice(at, at + 80)) ?? [];
    return next;
  }

  #following(clauses: readonly string[], indent: number): string | undefined {
    if (this.#indent !== indent) return undefined;
    const last = clauses.at(-1) ?? "";
    const mayFollow = last === "else" && clauses[0] === "try" ? ["finally"] : (FOLLOWING.get(last) ?? []);
    return CLAUSES.find((each) => this.isWord(each) && mayFollow.includes(each));
  }

  #clause(word: string, indent: number): Judged {
    const start = this.at;
    this.#begin(start);
    this.takeWord("async");
    this.takeWord(word);
    if (!this.head(word)) return this.#unknown(start, indent);
    const end = this.at;
    if (this.isAtEnd) {
      this.#endAt(end);
      this.heads.push({ start, end });
      return this.#indent > indent ? this.#block(word === "except") : "unknown";
    }
    const judged = this.#line(start, indent);
    if (judged === "unknown") return judged;
    this.heads.push({ start, end: this.at });
    this.#endAt(this.at);
    return judged;
  }
}
