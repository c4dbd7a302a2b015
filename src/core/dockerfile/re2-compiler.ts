import { type Assertion, type CharTest, NEWLINE, type Re2, type Re2Node } from "./re2.ts";

/**
 * Compiles the expressions that moby's patternmatcher makes of ignore patterns, as Go's regexp (RE2) reads them. It
 * copies brackets and escapes of the pattern into the expression, so `[[:digit:]]` and `\d` mean what they mean there.
 * Undefined for what Go refuses to compile.
 */
export function compileRe2(expression: string): Re2 | undefined {
  try {
    return new Compiler(expression).compile();
  } catch (error) {
    if (error instanceof Re2Error) return undefined;
    throw error;
  }
}

class Re2Error extends Error {}

const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@[-`{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

const PERL: Readonly<Record<string, string>> = { d: "0-9", s: "\\t\\n\\f\\r ", w: "0-9A-Za-z_" };

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  "^": "begin",
  $: "end",
  "\\A": "begin",
  "\\z": "end",
  "\\b": "boundary",
  "\\B": "noBoundary",
};

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

class Compiler {
  readonly #chars: readonly string[];
  #position = 0;

  constructor(expression: string) {
    this.#chars = Array.from(expression);
  }

  compile(): Re2 {
    const alternatives: Re2Node[][] = [[]];
    while (this.#position < this.#chars.length) {
      if (this.#take("|")) alternatives.push([]);
      else alternatives.at(-1)?.push(...this.#term());
    }
    return alternatives;
  }

  #term(): readonly Re2Node[] {
    // Only after a bar can a count stand here, with nothing to repeat.
    this.#refuseRepeat();
    if (this.#take("(.*/)?")) {
      this.#refuseRepeat();
      return [{ kind: "globstar" }, { kind: "globstarBody" }];
    }
    const assertion = Object.keys(ASSERTIONS).find((text) => this.#take(text));
    if (assertion !== undefined) return this.#repeated({ kind: ASSERTIONS[assertion] ?? "begin" });
    if (this.#take("\\Q")) return this.#quoted();
    const char = this.#next();
    const test = this.#atom(char);
    if (!this.#take("*")) return this.#repeated({ kind: "one", test });
    this.#refuseRepeat();
    return [{ kind: "loop", test }];
  }

  /** `\Q…\E`: all of it literally. */
  #quoted(): readonly Re2Node[] {
    const nodes: Re2Node[] = [];
    while (this.#position < this.#chars.length && !this.#take("\\E")) {
      nodes.push({ kind: "one", test: equals(this.#next().codePointAt(0) ?? 0) });
    }
    return nodes;
  }

  /** `x{2}`, `x{2,}`, `x{2,5}`. Patterns hold them by accident: moby means to escape braces and bars, and does not. */
  #repeated(node: Re2Node): readonly Re2Node[] {
    const count = this.#count();
    if (count === undefined) return [node];
    const { least, most } = count;
    if (least > 1000 || (most !== undefined && (most > 1000 || most < least))) throw new Re2Error();
    this.#refuseRepeat();
    const fixed = Array.from({ length: least }, () => node);
    if (node.kind !== "one") return fixed;
    if (most === undefined) return [...fixed, { kind: "loop", test: node.test }];
    return [
      ...fixed,
      ...Array.from({ length: most - least }, (): Re2Node => ({ kind: "maybe", test: node.test })),
    ];
  }

  #count(): { least: number; most: number | undefined } | undefined {
    if (this.#chars[this.#position] !== "{") return undefined;
    const rest = this.#chars.slice(this.#position, this.#position + 24).join("");
    const match = /^\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/.exec(rest);
    if (match === null) return undefined;
    this.#position += match[0].length;
    const least = Number(match[1]);
    if (match[2] === undefined) return { least, most: least };
    return { least, most: match[3] === undefined ? undefined : Number(match[3]) };
  }

  /** A count right after a star or a count is an error in RE2. */
  #refuseRepeat(): void {
    if (this.#count() !== undefined) throw new Re2Error();
  }

  #atom(char: string): CharTest {
    if (char === ".") return (code) => code !== NEWLINE;
    if (char === "[") return this.#charClass();
    if (char === "\\") return this.#escapedClass() ?? equals(this.#escaped());
    return equals(char.codePointAt(0) ?? 0);
  }

  /** After the opening bracket. */
  #charClass(): CharTest {
    const negated = this.#take("^");
    const tests: CharTest[] = [];
    for (let first = true; first || this.#chars[this.#position] !== "]"; first = false) {
      tests.push(this.#classItem());
    }
    this.#position++;
    return (code) => tests.some((test) => test(code)) !== negated;
  }

  #classItem(): CharTest {
    const posix = this.#posixClass();
    if (posix !== undefined) return posix;
    const char = this.#next();
    if (char === "\\") {
      const perl = this.#escapedClass();
      if (perl !== undefined) return perl;
    }
    const low = char === "\\" ? this.#escaped() : (char.codePointAt(0) ?? 0);
    const after = this.#chars[this.#position + 1];
    if (this.#chars[this.#position] !== "-" || after === undefined || after === "]") return equals(low);
    this.#position++;
    const end = this.#next();
    const high = end === "\\" ? this.#escaped() : (end.codePointAt(0) ?? 0);
    if (high < low) throw new Re2Error();
    return (code) => low <= code && code <= high;
  }

  #posixClass(): CharTest | undefined {
    if (this.#chars[this.#position] !== "[" || this.#chars[this.#position + 1] !== ":") return undefined;
    const rest = this.#chars.slice(this.#position + 2).join("");
    const end = rest.indexOf(":]");
    if (end < 0) return undefined;
    const negated = rest.startsWith("^");
    const name = rest.slice(negated ? 1 : 0, end);
    if (!Object.hasOwn(POSIX, name)) throw new Re2Error();
    this.#position += 2 + Array.from(rest.slice(0, end)).length + 2;
    return rangeTest(POSIX[name] ?? "", negated);
  }

  /** `\d`, `\p{Greek}` and their like; undefined for an escape of one character. */
  #escapedClass(): CharTest | undefined {
    const char = this.#chars[this.#position] ?? "";
    const lower = char.toLowerCase();
    if (lower === "p") return this.#unicodeClass();
    if (!Object.hasOwn(PERL, lower)) return undefined;
    this.#position++;
    return rangeTest(PERL[lower] ?? "", char !== lower);
  }

  #unicodeClass(): CharTest {
    const negated = this.#next() === "P";
    const first = this.#next();
    let name = first;
    if (first === "{") {
      const end = this.#chars.indexOf("}", this.#position);
      if (end < 0) throw new Re2Error();
      name = this.#chars.slice(this.#position, end).join("");
      this.#position = end + 1;
    }
    const test = unicodeTest(name.replace(/^\^/, ""));
    return (code) => test.test(String.fromCodePoint(code)) !== (negated !== name.startsWith("^"));
  }

  /** After the backslash. */
  #escaped(): number {
    const char = this.#next();
    const code = char.codePointAt(0) ?? 0;
    if (Object.hasOwn(CONTROL, char)) return CONTROL[char] ?? 0;
    if (/^[0-7]$/.test(char)) return this.#octal(char);
    if (char === "x") return this.#hex();
    if (code < 128 && !/^[0-9A-Za-z]$/.test(char)) return code;
    throw new Re2Error();
  }

  #octal(first: string): number {
    let digits = first;
    while (digits.length < 3 && /^[0-7]$/.test(this.#chars[this.#position] ?? "")) digits += this.#next();
    // One digit but 0 would be a back reference, which RE2 has not.
    if (digits.length === 1 && first !== "0") throw new Re2Error();
    return Number.parseInt(digits, 8);
  }

  #hex(): number {
    const rest = this.#chars.slice(this.#position, this.#position + 12).join("");
    const match = /^(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/.exec(rest);
    const code = Number.parseInt(match?.[1] ?? match?.[2] ?? "", 16);
    if (match === null || code > 0x10_ff_ff) throw new Re2Error();
    this.#position += match[0].length;
    return code;
  }

  #take(text: string): boolean {
    if (!Array.from(text).every((char, index) => this.#chars[this.#position + index] === char)) return false;
    this.#position += text.length;
    return true;
  }

  #next(): string {
    const char = this.#chars[this.#position++];
    if (char === undefined) throw new Re2Error();
    return char;
  }
}

function equals(wanted: number): CharTest {
  return (code) => code === wanted;
}

function rangeTest(ranges: string, negated: boolean): CharTest {
  const test = new RegExp(`[${ranges}]`, "u");
  return (code) => test.test(String.fromCodePoint(code)) !== negated;
}

function unicodeTest(name: string): RegExp {
  for (const property of [name, `Script=${name}`]) {
    try {
      return new RegExp(`\\p{${property}}`, "u");
    } catch {
      // Not a category; it may be a script.
    }
  }
  throw new Re2Error();
}
