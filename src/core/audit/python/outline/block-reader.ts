import { StatementReader } from "./statement-reader.ts";

/** Part of a text. */
export interface Span {
  readonly start: number;
  /** Just after it. */
  readonly end: number;
}

/** Of what is known to be sound. `plain`: it imports nothing. `kept`: some of it imports. */
type Judged = "plain" | "kept";

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
const DECORATED: ReadonlySet<string> = new Set(["def", "class"]);

/**
 * Something that is not known. The grammar then reads the whole source: what it makes of a part hangs on what stands around it,
 * and in broken sources nobody can say on how much of that.
 */
class Unknown extends Error {}

/** Reads a whole source block by block (reference, 2.1.8 and 8), and notes which of it says nothing about imports. */
export class BlockReader extends StatementReader {
  /** Runs of plain statements, each within one block, in no order. */
  readonly plain: Span[] = [];
  /** Heads of statements that are kept. */
  readonly heads: Span[] = [];
  /** Statements at the margin that give a name something. */
  readonly assigned = new Map<string, Span[]>();
  #blocks = 0;
  /** Of the line that the cursor is on; -1 at the end of the text. */
  #indent = 0;
  /** Where the last statement ended. */
  #end = 0;

  /** False where anything in it is not known. */
  read(): boolean {
    try {
      this.#goTo(0);
      if (this.#indent > 0) return false;
      if (this.#indent === 0) this.#block(false);
      return !this.isOutside;
    } catch (thrown) {
      if (thrown instanceof Unknown) return false;
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
        if (text.charCodeAt(at - 1) === FORM_FEED || text.charCodeAt(at) === 0x09) throw new Unknown();
        return;
      }
      line = at + 1;
    }
    this.at = text.length;
    this.#indent = -1;
  }

  /** `isHandler`: of an `except`. What it ends with says whether the program goes on, so that is kept. */
  #block(isHandler: boolean): Judged {
    if (++this.#blocks > MAX_BLOCKS) throw new Unknown();
    const indent = this.#indent;
    let judged: Judged = "plain";
    let run: Run | undefined;
    do {
      const last = this.at;
      if (this.#statement() === "plain")
        run = { start: run?.start ?? last, end: this.#end, last, before: run?.end ?? last };
      else {
        judged = "kept";
        if (run !== undefined) this.plain.push(run);
        run = undefined;
      }
      // Back to where no block is.
      if (this.#indent > indent) throw new Unknown();
    } while (this.#indent === indent);
    this.#blocks--;
    if (run !== undefined) this.#endRun(run, isHandler);
    return judged;
  }

  #endRun({ start, end, last, before }: Run, isHandler: boolean): void {
    if (!isHandler) this.plain.push({ start, end });
    else if (last > start) this.plain.push({ start, end: before });
  }

  /** Leaves the cursor on the next line that has anything on it. */
  #statement(): Judged {
    const { text, at: start } = this;
    const indent = this.#indent;
    this.#begin(start);
    if (this.code === AT || COMPOUND.has(text.slice(start, this.wordEnd()))) return this.#compound();
    const judged = this.#line();
    if (judged === "plain" && indent === 0) this.#noteAssigned(start);
    this.#endAt(this.at);
    return judged;
  }

  /** Simple statements from here on; the cursor stays at their end. */
  #line(): Judged {
    const { at } = this;
    if (this.line()) return "plain";
    this.#begin(at);
    if (!this.importLine()) throw new Unknown();
    return "kept";
  }

  #begin(at: number): void {
    this.at = at;
    this.depth = 0;
    this.levels = 0;
    this.margin = this.#indent;
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

  #compound(): Judged {
    const indent = this.#indent;
    const marks = [this.plain.length, this.heads.length] as const;
    const isDecorated = this.#decorators();
    const clauses: string[] = [];
    let judged: Judged = "plain";
    for (
      let next = this.#keyword();
      next !== undefined;
      next = this.#indent === indent ? this.#following(clauses) : undefined
    ) {
      clauses.push(next);
      if (this.#clause(next, indent) === "kept") judged = "kept";
    }
    const [first = "try"] = clauses;
    if ((first === "try" && clauses.length < 2) || (isDecorated && !DECORATED.has(first)))
      throw new Unknown();
    if (judged === "plain") [this.plain.length, this.heads.length] = marks;
    return judged;
  }

  /** Whether there are any. */
  #decorators(): boolean {
    const indent = this.#indent;
    const isDecorated = this.code === AT;
    while (this.code === AT) {
      this.step();
      if (this.named() === undefined || !this.isAtEnd) throw new Unknown();
      this.#goTo(this.at + 1);
      if (this.#indent !== indent) throw new Unknown();
    }
    return isDecorated;
  }

  /** Of a compound statement, `async` passed over. */
  #keyword(): string | undefined {
    const { text, at } = this;
    const word = text.slice(at, this.wordEnd());
    if (word !== "async") return word;
    const [, next] = /^async +(def|for|with)\b/.exec(text.slice(at, at + 80)) ?? [];
    return next;
  }

  #following(clauses: readonly string[]): string | undefined {
    const last = clauses.at(-1) ?? "";
    const mayFollow = last === "else" && clauses[0] === "try" ? ["finally"] : (FOLLOWING.get(last) ?? []);
    return CLAUSES.find((each) => this.isWord(each) && mayFollow.includes(each));
  }

  #clause(word: string, indent: number): Judged {
    const start = this.at;
    this.#begin(start);
    this.takeWord("async");
    this.takeWord(word);
    if (!this.head(word)) throw new Unknown();
    const end = this.at;
    if (this.isAtEnd) {
      this.heads.push({ start, end });
      this.#endAt(end);
      if (this.#indent <= indent) throw new Unknown();
      return this.#block(word === "except");
    }
    const judged = this.#line();
    this.heads.push({ start, end: this.at });
    this.#endAt(this.at);
    return judged;
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}
