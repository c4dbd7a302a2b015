/** One step of a compiled expression. `globstar` is two nodes: the way past it, and the loop that ends with a slash. */
type Node =
  | { readonly kind: "one" | "loop"; readonly test: CharTest }
  | { readonly kind: "globstar" | "globstarBody" | "begin" | "end" };

type CharTest = (code: number) => boolean;

export type Re2 = readonly Node[];

const NEWLINE = 10;
const SLASH = 47;

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

/** Whether the expression matches the text; both its ends are anchored by ^ and $. Time: nodes times characters. */
export function matchRe2(nodes: Re2, text: readonly number[]): boolean {
  let active = new Uint8Array(nodes.length + 1);
  follow(nodes, active, { index: 0, atBegin: true, atEnd: text.length === 0 });
  for (const [position, code] of text.entries()) {
    const next = new Uint8Array(nodes.length + 1);
    const place = { atBegin: false, atEnd: position + 1 === text.length };
    let alive = false;
    for (const [index, node] of nodes.entries()) {
      if (active[index] !== 1) continue;
      for (const target of targets(node, index, code)) {
        follow(nodes, next, { index: target, ...place });
        alive = true;
      }
    }
    if (!alive) return false;
    active = next;
  }
  return active[nodes.length] === 1;
}

function targets(node: Node, index: number, code: number): readonly number[] {
  switch (node.kind) {
    case "one":
      return node.test(code) ? [index + 1] : [];
    case "loop":
      return node.test(code) ? [index] : [];
    case "globstarBody":
      if (code === NEWLINE) return [];
      return code === SLASH ? [index, index + 1] : [index];
    default:
      return [];
  }
}

function follow(
  nodes: Re2,
  active: Uint8Array,
  place: { readonly index: number; readonly atBegin: boolean; readonly atEnd: boolean },
): void {
  for (let index = place.index; active[index] !== 1; index++) {
    active[index] = 1;
    const node = nodes[index];
    if (node?.kind === "globstar") follow(nodes, active, { ...place, index: index + 2 });
    const passes =
      node?.kind === "loop" ||
      node?.kind === "globstar" ||
      (node?.kind === "begin" && place.atBegin) ||
      (node?.kind === "end" && place.atEnd);
    if (!passes) return;
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

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

class Compiler {
  readonly #chars: readonly string[];
  #position = 0;

  constructor(expression: string) {
    this.#chars = Array.from(expression);
  }

  compile(): Re2 {
    const nodes: Node[] = [];
    while (this.#position < this.#chars.length) {
      if (this.#take("(.*/)?")) {
        nodes.push({ kind: "globstar" }, { kind: "globstarBody" });
        continue;
      }
      const char = this.#next();
      if (char === "^") nodes.push({ kind: "begin" });
      else if (char === "$") nodes.push({ kind: "end" });
      else {
        const test = this.#atom(char);
        nodes.push({ kind: this.#take("*") ? "loop" : "one", test });
      }
    }
    return nodes;
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
