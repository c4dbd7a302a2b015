import type { SourcePosition } from "../../base/error.ts";

export interface ShellWord {
  readonly text: string;
  /** Nothing in it was left as it is written: no command's output, no variable that the text does not set. */
  readonly known: boolean;
  readonly at: SourcePosition;
}

export interface Assignment {
  readonly name: string;
  readonly value: ShellWord;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Before the words, or of `export`. */
  readonly assignments: readonly Assignment[];
}

/** What earlier lines of a document set, and how much their values may still fill in: `A=$A$A` would fill any memory. */
export interface ShellState {
  readonly values: Map<string, Pick<ShellWord, "text" | "known">>;
  budget: number;
}

export function newShell(): ShellState {
  return { values: new Map(), budget: 4 * 1024 * 1024 };
}

const BLANK = /[ \t]/;
const OPERATOR = /[\n;|&(){}<>]/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const MAX_VALUE = 64 * 1024;

/**
 * The simple commands of a shell text, in order: quotes, escapes, comments, redirections and here-documents as POSIX has
 * them (2.2, 2.3, 2.7), variables expanded where the text sets them. Nothing is run: `$(…)` stays as it is written.
 * `state` is read and written. Any text is accepted; linear in its size.
 */
export function readShell(text: string, start: SourcePosition, state: ShellState): readonly ShellCommand[] {
  return new Reader(text, start, state).readAll();
}

class Reader {
  readonly #text: string;
  readonly #start: SourcePosition;
  readonly #state: ShellState;
  readonly #commands: ShellCommand[] = [];
  readonly #heredocs: string[] = [];
  #words: ShellWord[] = [];
  #position = 0;
  #line = 0;
  #lineStart = 0;

  constructor(text: string, start: SourcePosition, state: ShellState) {
    this.#text = text;
    this.#start = start;
    this.#state = state;
  }

  readAll(): readonly ShellCommand[] {
    for (let char = this.#peek(); char !== ""; char = this.#peek()) {
      if (BLANK.test(char)) this.#position++;
      else if (char === "\\" && this.#peek(1) === "\n") this.#skipNewline(2);
      else if (char === "#") this.#skipTo("\n");
      else if (char === "<" || char === ">") this.#redirection();
      else if (OPERATOR.test(char)) this.#operator(char);
      else this.#words.push(this.#word());
    }
    this.#endCommand();
    return this.#commands;
  }

  #peek(ahead = 0): string {
    return this.#text.charAt(this.#position + ahead);
  }

  #operator(char: string): void {
    this.#endCommand();
    if (char !== "\n") {
      this.#position++;
      return;
    }
    this.#skipNewline(1);
    for (const delimiter of this.#heredocs.splice(0)) this.#skipHeredoc(delimiter);
  }

  #skipNewline(length: number): void {
    this.#position += length;
    this.#line++;
    this.#lineStart = this.#position;
  }

  #skipTo(char: string): void {
    const found = this.#text.indexOf(char, this.#position);
    this.#position = found < 0 ? this.#text.length : found;
  }

  #skipHeredoc(delimiter: string): void {
    while (this.#position < this.#text.length) {
      const from = this.#position;
      this.#skipTo("\n");
      const line = this.#text.slice(from, this.#position);
      this.#skipNewline(1);
      if (line.replace(/^\t+/, "") === delimiter) return;
    }
  }

  /** The operator and its word go; of a here-document the delimiter is kept until the line ends. */
  #redirection(): void {
    const descriptor = this.#words.at(-1);
    const isBeside = !BLANK.test(this.#text.charAt(this.#position - 1));
    if (isBeside && descriptor !== undefined && /^\d+$/.test(descriptor.text)) this.#words.pop();
    const from = this.#position;
    while (/[<>&|-]/.test(this.#peek())) this.#position++;
    const operator = this.#text.slice(from, this.#position);
    while (BLANK.test(this.#peek())) this.#position++;
    if (this.#peek() === "" || OPERATOR.test(this.#peek())) return;
    const target = this.#word();
    if (operator === "<<" || operator === "<<-") this.#heredocs.push(target.text);
  }

  #endCommand(): void {
    const words = this.#words;
    this.#words = [];
    const assignments: Assignment[] = [];
    while (words[0] !== undefined) {
      const assignment = assignmentOf(words[0]);
      if (assignment === undefined) break;
      assignments.push(assignment);
      words.shift();
    }
    const isLasting = words[0] === undefined || words[0].text === "export";
    if (words[0]?.text === "export") assignments.push(...words.flatMap((word) => assignmentOf(word) ?? []));
    if (isLasting) {
      for (const { name, value } of assignments) {
        this.#state.values.set(name, { text: value.text, known: value.known });
      }
    }
    if (words.length > 0 || assignments.length > 0) this.#commands.push({ words, assignments });
  }

  #word(): ShellWord {
    const at = {
      file: this.#start.file,
      line: this.#start.line + this.#line,
      column: this.#position - this.#lineStart + (this.#line === 0 ? this.#start.column : 1),
    };
    let text = "";
    let known = true;
    for (let char = this.#peek(); char !== ""; char = this.#peek()) {
      if (BLANK.test(char) || OPERATOR.test(char)) break;
      const piece = this.#piece(char);
      text += piece.text;
      known &&= piece.known;
    }
    return { text, known, at };
  }

  #piece(char: string): Pick<ShellWord, "text" | "known"> {
    if (char === "'") return this.#singleQuoted();
    if (char === '"') return this.#doubleQuoted();
    if (char === "$" || char === "`") return this.#expansion(char);
    if (char !== "\\") return this.#plain(char);
    if (this.#peek(1) === "\n") {
      this.#skipNewline(2);
      return { text: "", known: true };
    }
    this.#position++;
    return this.#plain(this.#peek());
  }

  #plain(text: string): Pick<ShellWord, "text" | "known"> {
    this.#position += text.length;
    return { text, known: true };
  }

  #singleQuoted(): Pick<ShellWord, "text" | "known"> {
    const from = ++this.#position;
    this.#skipTo("'");
    const text = this.#text.slice(from, this.#position++);
    this.#countLines(from, text);
    return { text, known: true };
  }

  #countLines(from: number, text: string): void {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.#line++;
      this.#lineStart = from + at + 1;
    }
  }

  #doubleQuoted(): Pick<ShellWord, "text" | "known"> {
    let text = "";
    let known = true;
    this.#position++;
    for (let char = this.#peek(); char !== "" && char !== '"'; char = this.#peek()) {
      if (char === "$" || char === "`") {
        const piece = this.#expansion(char);
        text += piece.text;
        known &&= piece.known;
      } else if (char === "\\" && this.#peek(1) === "\n") this.#skipNewline(2);
      else if (char === "\n") {
        text += char;
        this.#skipNewline(1);
      } else {
        if (char === "\\" && /[$`"\\]/.test(this.#peek(1))) this.#position++;
        text += this.#peek();
        this.#position++;
      }
    }
    this.#position++;
    return { text, known };
  }

  #expansion(char: string): Pick<ShellWord, "text" | "known"> {
    const from = this.#position;
    if (char === "`") return this.#raw(from, this.#closing("`", "`"));
    if (this.#peek(1) === "(") return this.#raw(from, this.#closing("(", ")"));
    if (this.#peek(1) === "{") {
      const raw = this.#raw(from, this.#closing("{", "}"));
      return this.#variable(raw.text.slice(2, -1)) ?? raw;
    }
    const [name] = NAME.exec(this.#text.slice(from + 1, from + 1 + 256)) ?? [""];
    this.#position += 1 + name.length;
    if (name === "") return { text: "$", known: true };
    return this.#variable(name) ?? { text: `$${name}`, known: false };
  }

  #raw(from: number, end: number): Pick<ShellWord, "text" | "known"> {
    const text = this.#text.slice(from, end);
    this.#position = end;
    this.#countLines(from, text);
    return { text, known: false };
  }

  /** Behind the bracket that closes the one after the position; the end of the text where none does. */
  #closing(open: string, close: string): number {
    let depth = 0;
    for (let at = this.#position; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === close && depth > 0 && --depth === 0) return at + 1;
      if (char === open) depth++;
    }
    return this.#text.length;
  }

  /** `NAME`, `NAME:-default` or `NAME-default`; undefined for what the text does not set or no shell of ours does. */
  #variable(inside: string): Pick<ShellWord, "text" | "known"> | undefined {
    const [name] = NAME.exec(inside) ?? [""];
    const rest = inside.slice(name.length);
    const value = this.#state.values.get(name);
    if (rest !== "" && !/^:?-/.test(rest)) return undefined;
    const found = value ?? defaultOf(rest);
    if (found === undefined || found.text.length > Math.min(MAX_VALUE, this.#state.budget)) return undefined;
    this.#state.budget -= found.text.length;
    return found;
  }
}

function defaultOf(rest: string): Pick<ShellWord, "text" | "known"> | undefined {
  if (rest === "") return undefined;
  const text = rest.replace(/^:?-/, "");
  return /[$`"'\\]/.test(text) ? undefined : { text, known: true };
}

function assignmentOf({ text, known, at }: ShellWord): Assignment | undefined {
  const [name] = NAME.exec(text) ?? [""];
  if (name === "" || text.charAt(name.length) !== "=") return undefined;
  return { name, value: { text: text.slice(name.length + 1), known, at } };
}
