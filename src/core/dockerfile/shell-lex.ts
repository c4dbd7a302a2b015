import { type Budget, matchAt, parseShellPattern, replacePattern } from "./shell-pattern.ts";
import { WordCutter } from "./word-cutter.ts";

/** What is known of a variable. "unknown": only the base image's environment could say. */
export type Variable =
  | { readonly kind: "set"; readonly value: string }
  | { readonly kind: "unset" }
  | { readonly kind: "unknown" };

export interface LexOptions {
  readonly escape: string;
  readonly lookup: (name: string) => Variable;
  readonly budget: Budget;
  /** Keep quotes, keep escapes: to recognise heredoc words. */
  readonly rawQuotes?: boolean;
  readonly rawEscapes?: boolean;
  /** Quotes are ordinary characters: in heredoc bodies. */
  readonly literalQuotes?: boolean;
  /** Cut the result into words too. */
  readonly cut?: boolean;
  /** Leave `$x` of an unset variable as it is. */
  readonly keepUnset?: boolean;
}

export interface LexResult {
  readonly text: string;
  /** The words of the text, cut after expansion; empty unless `cut` was asked for. */
  readonly words: readonly string[];
  /** Variables that were looked up, by what was found. */
  readonly set: ReadonlySet<string>;
  readonly unset: ReadonlySet<string>;
  /** Not empty: `text` is not what the build will see. */
  readonly unknown: ReadonlySet<string>;
}

/** A malformed substitution; the caller adds the position. */
export class LexError extends Error {}

const MAX_DEPTH = 200;
const SPECIAL = "@*#?-$!0";

/** Expands variables, quotes and escapes in one word, as BuildKit's shell lexer. Throws LexError. */
export function lexWord(source: string, options: LexOptions): LexResult {
  return new Lexer(source, options).run();
}

class Lexer {
  readonly #chars: readonly string[];
  readonly #options: LexOptions;
  readonly #set = new Set<string>();
  readonly #unset = new Set<string>();
  readonly #unknown = new Set<string>();
  #position = 0;
  #rawEscapes: boolean;
  #depth = 0;
  // One buffer for all levels, as in BuildKit: a nested ${x:-y} clears the word that stands before it, which is why
  // `EXPOSE 80${X:-80}` exposes 80. Only `words` suffers; `text` is right.
  #buffer = "";

  constructor(source: string, options: LexOptions) {
    this.#chars = Array.from(source);
    this.#options = options;
    this.#rawEscapes = options.rawEscapes === true;
    // text/scanner drops a byte order mark at the start.
    if (this.#chars[0] === "\ufeff") this.#position = 1;
  }

  run(): LexResult {
    const { text, words } = this.#until(undefined, this.#rawEscapes);
    return { text, words, set: this.#set, unset: this.#unset, unknown: this.#unknown };
  }

  #peek(): string | undefined {
    return this.#chars[this.#position];
  }

  #next(): string | undefined {
    return this.#chars[this.#position++];
  }

  #until(stop: string | undefined, rawEscapes: boolean): { text: string; words: readonly string[] } {
    if (++this.#depth > MAX_DEPTH) throw new LexError(`substitutions are nested more than ${MAX_DEPTH} deep`);
    const outerRaw = this.#rawEscapes;
    this.#rawEscapes = rawEscapes;
    this.#buffer = "";
    const cutter = new WordCutter(
      this.#options.cut === true,
      () => this.#buffer,
      (text) => {
        this.#buffer = text;
      },
    );
    let text = "";
    for (let char = this.#peek(); char !== undefined; char = this.#peek()) {
      if (char === stop) {
        this.#position++;
        this.#rawEscapes = outerRaw;
        this.#depth--;
        return { text, words: cutter.finish() };
      }
      const piece = this.#piece(char, cutter);
      this.#options.budget.spend(piece.length);
      text += piece;
    }
    if (stop !== undefined) throw new LexError(`missing "${stop}"`);
    return { text, words: cutter.finish() };
  }

  #piece(char: string, cutter: WordCutter): string {
    const { escape, literalQuotes } = this.#options;
    if (char === "$") return cutter.add(this.#dollar());
    if (char === "<") return cutter.addRaw(this.#lessThan());
    if (char === "'" && literalQuotes !== true) return cutter.addRaw(this.#singleQuoted());
    if (char === '"' && literalQuotes !== true) return cutter.addRaw(this.#doubleQuoted());
    this.#position++;
    if (char !== escape) return cutter.add(char);
    const before = this.#rawEscapes ? cutter.addRaw(char) : "";
    const escaped = this.#next();
    return escaped === undefined ? before : before + cutter.addRaw(escaped);
  }

  #singleQuoted(): string {
    this.#position++;
    const end = this.#chars.indexOf("'", this.#position);
    if (end < 0) throw new LexError("a single quote is not closed");
    const inner = this.#chars.slice(this.#position, end).join("");
    this.#position = end + 1;
    return this.#options.rawQuotes === true ? `'${inner}'` : inner;
  }

  #doubleQuoted(): string {
    this.#position++;
    const quote = this.#options.rawQuotes === true ? '"' : "";
    let text = quote;
    for (;;) {
      const char = this.#peek();
      if (char === undefined) throw new LexError("a double quote is not closed");
      if (char === "$") {
        text += this.#dollar();
        continue;
      }
      this.#position++;
      if (char === '"') return text + quote;
      text += char === this.#options.escape ? this.#escapedInQuotes(char) : char;
    }
  }

  /** Inside double quotes only a quote, a dollar and the escape character itself can be escaped. */
  #escapedInQuotes(escape: string): string {
    const next = this.#peek();
    const kept = this.#rawEscapes ? escape : "";
    if (next === undefined) return kept;
    if (next !== '"' && next !== "$" && next !== escape) return kept + escape;
    this.#position++;
    return kept + next;
  }

  #lessThan(): string {
    this.#position++;
    if (this.#peek() !== "<") return "<";
    this.#position++;
    let space = "";
    for (let char = this.#peek(); char === " " || char === "\t" || char === "\r"; char = this.#peek()) {
      space += char;
      this.#position++;
    }
    return `<<${space}`;
  }

  #dollar(): string {
    const start = this.#position++;
    if (this.#peek() !== "{") {
      const name = this.#name();
      if (name === "") return "$";
      const variable = this.#lookup(name);
      if (variable.kind === "unset") return this.#options.keepUnset === true ? `$${name}` : "";
      return variable.kind === "set" ? variable.value : this.#source(start);
    }
    this.#position++;
    const first = this.#peek();
    if (first === undefined) throw new LexError('missing "}"');
    if (first === "{" || first === "}" || first === ":") throw new LexError("bad substitution");
    return this.#braced(this.#name(), start);
  }

  /** After `${name`. */
  #braced(name: string, start: number): string {
    let modifier = this.#next() ?? "";
    if (modifier === "}") {
      const variable = this.#lookup(name);
      if (variable.kind === "unset") return this.#options.keepUnset === true ? `\${${name}}` : "";
      return variable.kind === "set" ? variable.value : this.#source(start);
    }
    if (modifier === "/") return this.#replacement(name, start);
    const nullIsUnset = modifier === ":";
    if (nullIsUnset) modifier = this.#next() ?? "";
    else if (!"+-?#%".includes(modifier) || modifier === "") {
      throw new LexError(`unsupported modifier (${modifier}) in substitution`);
    }
    const pattern = modifier === "#" || modifier === "%";
    if (nullIsUnset && pattern) throw new LexError(`unsupported modifier (:${modifier}) in substitution`);
    const { text: word } = this.#until("}", pattern);
    const variable = this.#lookup(name);
    if (variable.kind === "unset" && this.#options.keepUnset === true) {
      return `\${${name}${nullIsUnset ? ":" : ""}${modifier}${word}}`;
    }
    if (modifier === "" || !"+-?#%".includes(modifier)) {
      throw new LexError(`unsupported modifier (${nullIsUnset ? ":" : ""}${modifier}) in substitution`);
    }
    if (variable.kind === "unknown") return this.#source(start);
    const value = variable.kind === "set" ? variable.value : undefined;
    const missing = value === undefined || (nullIsUnset && value === "");
    if (modifier === "-") return missing ? word : (value ?? "");
    if (modifier === "+") return missing ? "" : word;
    if (modifier === "?") {
      if (!missing) return value ?? "";
      throw new LexError(
        `${name}: ${word === "" ? `is not allowed to be ${value === undefined ? "unset" : "empty"}` : word}`,
      );
    }
    return this.#trimmed(value ?? "", word, modifier);
  }

  /** `${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`. */
  #trimmed(value: string, word: string, modifier: string): string {
    const greedy = word.startsWith(modifier);
    const suffix = modifier === "%";
    const chars = Array.from(greedy ? word.slice(1) : word);
    const text = Array.from(value);
    const pattern = parseShellPattern(suffix ? reversePattern(chars) : chars);
    if (pattern === undefined) throw new LexError(`invalid pattern (${word}) in substitution`);
    if (suffix) text.reverse();
    const length = matchAt(pattern, text, { start: 0, greedy, budget: this.#options.budget });
    const left = text.slice(length ?? 0);
    if (suffix) left.reverse();
    return left.join("");
  }

  /** `${x/p/r}` and `${x//p/r}`. */
  #replacement(name: string, start: number): string {
    const all = this.#peek() === "/";
    if (all) this.#position++;
    const { text: word } = this.#until("/", true);
    const { text: replacement } = this.#until("}", true);
    const variable = this.#lookup(name);
    // BuildKit writes one slash here even for //.
    if (variable.kind === "unset" && this.#options.keepUnset === true)
      return `\${${name}/${word}/${replacement}}`;
    if (variable.kind === "unknown") return this.#source(start);
    const pattern = parseShellPattern(Array.from(word));
    if (pattern === undefined) throw new LexError(`invalid pattern (${word}) in substitution`);
    const value = variable.kind === "set" ? variable.value : "";
    return replacePattern(pattern, Array.from(value), { replacement, all, budget: this.#options.budget });
  }

  #name(): string {
    let name = "";
    for (let char = this.#peek(); char !== undefined; char = this.#peek()) {
      if (name === "" && /\p{Nd}/u.test(char)) {
        for (let digit = char; /\p{Nd}/u.test(digit); digit = this.#peek() ?? "") {
          name += digit;
          this.#position++;
        }
        return name;
      }
      if (name === "" && SPECIAL.includes(char)) {
        this.#position++;
        return char;
      }
      if (!/[\p{L}\p{Nd}_]/u.test(char)) break;
      name += char;
      this.#position++;
    }
    return name;
  }

  #lookup(name: string): Variable {
    const variable = this.#options.lookup(name);
    const seen = { set: this.#set, unset: this.#unset, unknown: this.#unknown }[variable.kind];
    seen.add(name);
    return variable;
  }

  #source(start: number): string {
    return this.#chars.slice(start, this.#position).join("");
  }
}

/** Backwards, but an escape stays before what it escapes. */
function reversePattern(pattern: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] ?? "";
    const next = pattern[index + 1];
    if (char === "\\" && next !== undefined) {
      out.push(next, char);
      index++;
    } else out.push(char);
  }
  return out.reverse();
}
