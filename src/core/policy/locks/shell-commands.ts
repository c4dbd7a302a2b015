/** A word of a shell command. */
export interface ShellWord {
  readonly text: string;
  /** False where the shell would put something else there: a variable, a command's output, a pattern. */
  readonly known: boolean;
}

/** A `RUN` longer than this is not looked at; BuildKit's own limit of a line is 64 KiB. */
const MAX_LENGTH = 256 * 1024;

const SEPARATORS = "\n;&|()";
const BLANKS = " \t\r\f\v";
/** What the shell may put something else for, outside quotes. */
const EXPANDS = "$`*?[{}<>~";

/**
 * The simple commands of a POSIX shell text, as words. A look, not an interpreter: separators cut, quotes and escapes go,
 * words of the grammar (`then`, `do`, assignments before a command) stay words, and what expands is marked as not known.
 */
export function readShellCommands(source: string): readonly (readonly ShellWord[])[] {
  return new CommandReader(source.slice(0, MAX_LENGTH)).read();
}

class CommandReader {
  readonly #source: string;
  readonly #commands: ShellWord[][] = [[]];
  #at = 0;
  #word = "";
  #open = false;
  #known = true;

  constructor(source: string) {
    this.#source = source;
  }

  read(): readonly (readonly ShellWord[])[] {
    while (this.#at < this.#source.length) this.#step();
    this.#endWord();
    return this.#commands.filter((command) => command.length > 0);
  }

  #step(): void {
    const char = this.#source.charAt(this.#at);
    this.#at++;
    if (char === "\\") {
      const next = this.#source.charAt(this.#at++);
      // A line's end that is escaped is no character at all.
      if (next !== "\n") this.#add(next);
    } else if (char === "'") this.#quoted("'");
    else if (char === '"') this.#quoted('"');
    else if (char === "#" && !this.#open) this.#comment();
    else if (SEPARATORS.includes(char)) {
      this.#endWord();
      this.#commands.push([]);
    } else if (BLANKS.includes(char)) this.#endWord();
    else this.#add(char, !EXPANDS.includes(char));
  }

  #add(text: string, known = true): void {
    this.#word += text;
    this.#open = true;
    this.#known &&= known;
  }

  #quoted(quote: '"' | "'"): void {
    this.#open = true;
    for (; this.#at < this.#source.length; this.#at++) {
      const char = this.#source.charAt(this.#at);
      if (char === quote) {
        this.#at++;
        return;
      }
      if (quote === '"' && char === "\\" && /["\\$`\n]/.test(this.#source.charAt(this.#at + 1))) {
        this.#at++;
        const escaped = this.#source.charAt(this.#at);
        if (escaped !== "\n") this.#add(escaped);
      } else this.#add(char, quote === "'" || (char !== "$" && char !== "`"));
    }
  }

  #comment(): void {
    const end = this.#source.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#source.length : end;
  }

  #endWord(): void {
    if (this.#open) this.#commands.at(-1)?.push({ text: this.#word, known: this.#known });
    this.#word = "";
    this.#open = false;
    this.#known = true;
  }
}
