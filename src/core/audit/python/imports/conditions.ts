import type { Names } from "./names.ts";
import { meaningful, type SyntaxNode, type SyntaxTree, textOf } from "./syntax.ts";
import { compareVersions, type Version } from "./version-prefix.ts";

/** The interpreter that tests are decided for; it runs on Linux. */
export interface Interpreter {
  readonly major: number;
  readonly minor: number;
}

/** What a test comes to. */
export interface Test {
  /** When the program runs; undefined where that cannot be told. */
  readonly run: boolean | undefined;
  /** When a type checker reads it. */
  readonly typed: boolean | undefined;
  /** It asks about the interpreter, the platform or the system, or is a constant. */
  readonly aboutHost: boolean;
}

type Value =
  | { readonly kind: "version"; readonly version: Version }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "texts"; readonly texts: readonly string[] };

const UNKNOWN: Test = { run: undefined, typed: undefined, aboutHost: false };
const MAX_DEPTH = 20;
const TYPING: ReadonlySet<string> = new Set([
  "typing.TYPE_CHECKING",
  "typing_extensions.TYPE_CHECKING",
  "TYPE_CHECKING",
]);
const ABOUT_HOST =
  /\b(?:sys\s*\.\s*(?:version|version_info|hexversion|platform|implementation|maxsize|byteorder|getwindowsversion)|os\s*\.\s*(?:name|uname)|platform\s*\.\s*\w+|version_info)\b/;

/** Decides tests of `if` in three values: on the interpreter's version, the platform, `TYPE_CHECKING`, constants. */
export class Conditions {
  readonly #tree: SyntaxTree;
  readonly #names: Names;
  readonly #interpreter: Interpreter | undefined;
  readonly #assigned = new Map<string, SyntaxNode | undefined>();
  #depth = 0;

  constructor(tree: SyntaxTree, names: Names, interpreter: Interpreter | undefined) {
    this.#tree = tree;
    this.#names = names;
    this.#interpreter = interpreter;
  }

  test(node: SyntaxNode | undefined): Test {
    if (node === undefined || this.#depth >= MAX_DEPTH) return UNKNOWN;
    this.#depth++;
    try {
      return this.#test(node);
    } finally {
      this.#depth--;
    }
  }

  #test(node: SyntaxNode): Test {
    switch (node.type) {
      case "parenthesized_expression":
        return this.test(meaningful(node)[0]);
      case "not_operator":
        return negated(this.test(node.field("argument")));
      case "boolean_operator": {
        const isAnd = node.field("operator")?.type === "and";
        const [left, right] = [this.test(node.field("left")), this.test(node.field("right"))];
        return isAnd ? both(left, right) : negated(both(negated(left), negated(right)));
      }
      case "true":
        return { run: true, typed: true, aboutHost: false };
      case "false":
      case "none":
        return { run: false, typed: false, aboutHost: true };
      case "integer":
        return constant(textOf(this.#tree, node) !== "0");
      case "comparison_operator":
        return this.#comparison(node);
      case "identifier":
      case "attribute":
        return this.#name(node);
      case "call":
        return this.#call(node);
      default:
        return this.#unknown(node);
    }
  }

  #unknown(node: SyntaxNode): Test {
    return { ...UNKNOWN, aboutHost: ABOUT_HOST.test(textOf(this.#tree, node).slice(0, 400)) };
  }

  #name(node: SyntaxNode): Test {
    for (const target of this.#names.targetsOfNode(this.#tree, node)) {
      if (TYPING.has(target)) return { run: false, typed: true, aboutHost: false };
      if (target === "six.PY2" || target === "six.PY3") return this.#about(target.endsWith("2") ? "2" : "3");
    }
    if (node.type !== "identifier") return this.#unknown(node);
    const name = textOf(this.#tree, node);
    const source = this.#soleAssignment(name);
    if (source !== undefined) return this.test(source);
    return UNKNOWN;
  }

  #about(major: string): Test {
    const is = this.#interpreter === undefined ? undefined : String(this.#interpreter.major) === major;
    return { run: is, typed: is, aboutHost: true };
  }

  /** `PY3 = sys.version_info[0] == 3` at the margin, and nowhere else: then the name is that test. */
  #soleAssignment(name: string): SyntaxNode | undefined {
    if (this.#assigned.has(name)) return this.#assigned.get(name);
    // No way back to itself while it is looked up.
    this.#assigned.set(name, undefined);
    const { text, source: all } = this.#tree;
    const [only, ...more] = placesOf(name, all);
    if (only === undefined || more.length > 0 || /^\s/.test(only[0])) return undefined;
    const index = text === all ? only.index : placesOf(name, text)[0]?.index;
    if (index === undefined) return undefined;
    const assignment = this.#tree.pathTo(index).findLast(({ type }) => type === "assignment");
    const source = assignment?.field("right");
    // A plain constant is a switch that somebody may turn, not a fact about the host.
    const isFact = source !== undefined && !["true", "false", "none", "integer"].includes(source.type);
    const found = isFact ? source : undefined;
    this.#assigned.set(name, found);
    return found;
  }

  #comparison(node: SyntaxNode): Test {
    const operands = meaningful(node);
    const signs = node.children
      .filter(({ isNamed, type }) => !isNamed && type !== "(" && type !== ")")
      .map(({ type }) => type);
    const about = this.#unknown(node).aboutHost || operands.some((each) => this.#isHostValue(each));
    const results = signs.map((sign, at) => {
      const [left, right] = [operands[at], operands[at + 1]];
      if (left === undefined || right === undefined) return undefined;
      return compared(this.#value(left), sign, this.#value(right));
    });
    const run = allOf(results);
    return about ? { run, typed: run, aboutHost: true } : UNKNOWN;
  }

  /** `sys.platform.startswith("win")`. */
  #call(node: SyntaxNode): Test {
    const callee = node.field("function");
    const list = node.field("arguments");
    if (callee?.type !== "attribute" || list === undefined) return this.#unknown(node);
    const owner = callee.field("object");
    const method = callee.field("attribute");
    if (owner === undefined || method === undefined || !this.#isHostValue(owner)) return this.#unknown(node);
    const value = this.#value(owner);
    const [argument] = meaningful(list);
    const prefix = argument === undefined ? undefined : this.#value(argument);
    const prefixes = prefix?.kind === "text" ? [prefix.text] : prefix?.kind === "texts" ? prefix.texts : [];
    const isStart = textOf(this.#tree, method) === "startswith" && prefixes.length > 0;
    const run =
      value?.kind === "text" && isStart ? prefixes.some((each) => value.text.startsWith(each)) : undefined;
    return { run, typed: run, aboutHost: true };
  }

  #isHostValue(node: SyntaxNode): boolean {
    return this.#hostName(node) !== undefined;
  }

  /** The name of what an expression asks of the host, without indexes. */
  #hostName(node: SyntaxNode): string | undefined {
    let at: SyntaxNode | undefined = node;
    if (at.type === "subscript") at = at.field("value");
    if (at?.type === "call") at = at.field("function");
    if (at === undefined) return undefined;
    return this.#names
      .targetsOfNode(this.#tree, at)
      .find((target) =>
        /^(?:sys\.(?:version_info|platform|hexversion|version|implementation)|os\.name|platform\.)/.test(
          target,
        ),
      );
  }

  #value(node: SyntaxNode): Value | undefined {
    switch (node.type) {
      case "parenthesized_expression": {
        const [inner] = meaningful(node);
        return inner === undefined ? undefined : this.#value(inner);
      }
      case "integer":
        return { kind: "number", number: Number(textOf(this.#tree, node).replace(/[lL]$/, "")) };
      case "string": {
        const text = /^[a-zA-Z]{0,2}(['"])([^'"\\{]*)\1$/.exec(textOf(this.#tree, node))?.[2];
        return text === undefined ? undefined : { kind: "text", text };
      }
      case "tuple":
      case "list":
      case "set":
        return this.#series(meaningful(node));
      default:
        return this.#hostValue(node);
    }
  }

  #series(items: readonly SyntaxNode[]): Value | undefined {
    const values = items.map((item) => this.#value(item));
    if (values.every((value) => value?.kind === "text"))
      return { kind: "texts", texts: values.map(({ text }) => text) };
    const stop = values.findIndex((value) => value?.kind !== "number");
    const numbers = (stop === -1 ? values : values.slice(0, stop)).flatMap((value) =>
      value?.kind === "number" ? [value.number] : [],
    );
    return { kind: "version", version: { parts: numbers, isWhole: stop === -1 } };
  }

  #hostValue(node: SyntaxNode): Value | undefined {
    const host = this.#interpreter;
    if (host === undefined) return undefined;
    const version: Version = { parts: [host.major, host.minor], isWhole: false };
    switch (this.#hostName(node)) {
      case "sys.version_info":
        return node.type === "subscript" ? this.#part(node, version) : { kind: "version", version };
      case "sys.version_info.major":
        return { kind: "number", number: host.major };
      case "sys.version_info.minor":
        return { kind: "number", number: host.minor };
      case "sys.platform":
        return node.type === "subscript"
          ? undefined
          : { kind: "text", text: host.major === 2 ? "linux2" : "linux" };
      case "os.name":
        return { kind: "text", text: "posix" };
      case "platform.system":
        return node.type === "call" ? { kind: "text", text: "Linux" } : undefined;
      default:
        return undefined;
    }
  }

  /** `[0]`, `[:2]`. */
  #part(node: SyntaxNode, version: Version): Value | undefined {
    const written = textOf(this.#tree, node)
      .replace(/^[^[]*\[/, "")
      .replace(/\]$/, "")
      .replaceAll(" ", "");
    if (/^\d$/.test(written)) {
      const number = version.parts[Number(written)];
      return number === undefined ? undefined : { kind: "number", number };
    }
    const end = /^0?:(\d)$/.exec(written)?.[1];
    if (end === undefined) return undefined;
    const parts = version.parts.slice(0, Number(end));
    return { kind: "version", version: { parts, isWhole: parts.length === Number(end) } };
  }
}

/** Lines that begin with giving it something. */
function placesOf(name: string, text: string): readonly RegExpExecArray[] {
  if (!/^\w+$/.test(name)) return [];
  return [...text.matchAll(new RegExp(`^[ \\t]*${name}[ \\t]*(?::[^=\\n]*)?=(?!=)`, "gm"))];
}

function constant(run: boolean): Test {
  return { run, typed: run, aboutHost: !run };
}

export function negated(test: Test): Test {
  const not = (value: boolean | undefined) => (value === undefined ? undefined : !value);
  return { run: not(test.run), typed: not(test.typed), aboutHost: test.aboutHost };
}

function both(left: Test, right: Test): Test {
  return {
    run: allOf([left.run, right.run]),
    typed: allOf([left.typed, right.typed]),
    aboutHost: left.aboutHost || right.aboutHost,
  };
}

/** `and` in three values. */
export function allOf(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.some((value) => value === false)) return false;
  return values.every((value) => value === true) ? true : undefined;
}

function compared(left: Value | undefined, sign: string, right: Value | undefined): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left.kind === "version" && right.kind === "version")
    return ordered(compareVersions(left.version, right.version), sign);
  if (left.kind === "number" && right.kind === "number") return ordered(left.number - right.number, sign);
  if (left.kind === "text" && right.kind === "text") {
    if (sign === "in") return right.text.includes(left.text);
    if (sign === "not in") return !right.text.includes(left.text);
    return sign === "==" || sign === "!=" ? (left.text === right.text) === (sign === "==") : undefined;
  }
  if (left.kind === "text" && right.kind === "texts" && (sign === "in" || sign === "not in"))
    return right.texts.includes(left.text) === (sign === "in");
  return undefined;
}

function ordered(order: number | undefined, sign: string): boolean | undefined {
  if (order === undefined || Number.isNaN(order)) return undefined;
  switch (sign) {
    case "==":
      return order === 0;
    case "!=":
    case "<>":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return undefined;
  }
}
