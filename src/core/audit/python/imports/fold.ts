import { SELF_PROGRAM } from "../command-targets.ts";
import { argumentOf, type CallArguments, callArguments } from "./call-arguments.ts";
import {
  type Folded,
  iterate,
  join,
  listConstant,
  mapTexts,
  OPEN,
  rowsOf,
  select,
  textConstant,
  textsOf,
  union,
} from "./constant.ts";
import type { Names } from "./names.ts";
import { type Binding, bindingsIn, occurrences, scopesOf } from "./scopes.ts";
import { type StringPart, stringParts } from "./string-literal.ts";
import { dottedText, meaningful, type SyntaxNode, type SyntaxTree, textOf } from "./syntax.ts";

/** Expressions nested or names followed deeper than this are not constants; hostile files nest without end. */
const MAX_DEPTH = 40;
/** Nodes that are looked at for one file; then everything is open. */
const MAX_STEPS = 200_000;
const MAX_CALLERS = 100;
/** Calls that give their first argument's items back. */
const SAME_ITEMS: ReadonlySet<string> = new Set([
  "list",
  "tuple",
  "set",
  "frozenset",
  "sorted",
  "reversed",
  "iter",
  "dict",
]);
const SAME_TEXT: ReadonlySet<string> = new Set([
  "str",
  "Path",
  "PurePath",
  "os.fspath",
  "os.fsencode",
  "os.path.abspath",
  "os.path.realpath",
]);

/** Says what expressions of one file can be: texts, lists and tables of texts. Names are followed to what binds them. */
export class Folding {
  readonly #tree: SyntaxTree;
  readonly #names: Names;
  readonly #known = new Map<string, Folded>();
  #steps = 0;
  #depth = 0;

  constructor(tree: SyntaxTree, names: Names) {
    this.#tree = tree;
    this.#names = names;
  }

  fold(node: SyntaxNode | undefined): Folded {
    if (node === undefined || this.#depth >= MAX_DEPTH || ++this.#steps > MAX_STEPS) return OPEN;
    this.#depth++;
    try {
      return this.#expression(node);
    } finally {
      this.#depth--;
    }
  }

  #expression(node: SyntaxNode): Folded {
    switch (node.type) {
      case "string":
        return stringParts(this.#tree, node).reduce(
          (all, part) => join(all, this.#part(part)),
          textConstant(""),
        );
      case "concatenated_string":
        return meaningful(node).reduce((all, each) => join(all, this.fold(each)), textConstant(""));
      case "parenthesized_expression":
        return this.fold(meaningful(node)[0]);
      case "named_expression":
        return this.fold(node.field("value"));
      case "list":
      case "tuple":
      case "set":
      case "expression_list":
        return this.#list(meaningful(node));
      case "dictionary":
        return this.#table(meaningful(node));
      case "binary_operator":
        return this.#operator(node);
      case "conditional_expression": {
        const [yes, , no] = meaningful(node);
        return union([this.fold(yes), this.fold(no)]);
      }
      case "boolean_operator":
        return union([this.fold(node.field("left")), this.fold(node.field("right"))]);
      case "subscript":
        return this.#subscript(node);
      case "list_comprehension":
      case "set_comprehension":
      case "generator_expression":
        return listConstant([this.fold(node.field("body"))]);
      case "call":
        return this.#call(node);
      case "identifier":
        return this.#name(node);
      case "attribute":
        return this.#names.targetsOfNode(this.#tree, node).includes("sys.executable")
          ? textConstant(SELF_PROGRAM)
          : OPEN;
      default:
        return OPEN;
    }
  }

  #part(part: StringPart): Folded {
    if ("text" in part) return textConstant(part.text);
    return part.plain ? mapTexts(this.fold(part.expression), (text) => text) : OPEN;
  }

  #list(items: readonly SyntaxNode[]): Folded {
    return listConstant(
      items.map((item) =>
        item.type === "list_splat" ? iterate(this.fold(meaningful(item)[0])) : this.fold(item),
      ),
    );
  }

  #table(pairs: readonly SyntaxNode[]): Folded {
    const rows: (readonly [Folded, Folded])[] = [];
    const others: Folded[] = [];
    for (const pair of pairs) {
      if (pair.type === "pair") rows.push([this.fold(pair.field("key")), this.fold(pair.field("value"))]);
      else others.push(this.fold(meaningful(pair)[0]));
    }
    return union([{ values: [{ kind: "table", rows }], open: false }, ...others]);
  }

  #operator(node: SyntaxNode): Folded {
    const [left, right] = [node.field("left"), node.field("right")];
    const sign = node.field("operator")?.type;
    if (sign === "+") return join(this.fold(left), this.fold(right));
    // pathlib's way to join.
    if (sign === "/")
      return join(
        mapTexts(this.fold(left), (text) => `${text}/`),
        this.fold(right),
      );
    if (sign !== "%" || right === undefined) return OPEN;
    const values = right.type === "tuple" ? meaningful(right) : [right];
    return this.#filled(this.fold(left), /%s/g, values);
  }

  /** A format whose holes are all of the plain kind, filled from the left. */
  #filled(format: Folded, hole: RegExp, values: readonly SyntaxNode[]): Folded {
    const filled = textsOf(format).map((text) => {
      const pieces = text.split(hole);
      if (pieces.length !== values.length + 1 || pieces.some((piece) => /[%{}]/.test(piece))) return OPEN;
      return pieces.reduce((all, piece, index) => {
        const before = index === 0 ? all : join(all, this.fold(values[index - 1]));
        return join(before, textConstant(piece));
      }, textConstant(""));
    });
    return union(format.open || filled.length === 0 ? [...filled, OPEN] : filled);
  }

  #subscript(node: SyntaxNode): Folded {
    const key = node.field("subscript");
    if (key === undefined) return OPEN;
    const owner = this.fold(node.field("value"));
    const number = textOf(this.#tree, key).replaceAll(" ", "");
    return select(owner, this.fold(key), /^-?\d{1,6}$/.test(number) ? Number(number) : undefined);
  }

  #call(node: SyntaxNode): Folded {
    const callee = node.field("function");
    if (callee === undefined) return OPEN;
    const called = callArguments(node);
    const name = dottedText(this.#tree, callee) ?? "";
    const [first] = called.positional;
    if (SAME_ITEMS.has(name) && first !== undefined) return this.fold(first);
    if (SAME_TEXT.has(name.replace(/^pathlib\./, ""))) return this.#joinedPath(called);
    if (name === "enumerate") return listConstant([listConstant([OPEN, iterate(this.fold(first))])]);
    if (name === "zip")
      return listConstant([listConstant(called.positional.map((each) => iterate(this.fold(each))))]);
    // What stands there when nobody sets it.
    if (/(?:^|\.)(?:getenv|environ\.get)$/.test(name)) return union([this.fold(called.positional[1]), OPEN]);
    if (/(?:^|\.)path\.join$|^join$/.test(name)) return this.#joinedPath(called);
    return callee.type === "attribute" ? this.#method(callee, called) : OPEN;
  }

  #joinedPath({ positional }: CallArguments): Folded {
    return positional
      .map((each) => this.fold(each))
      .reduce(
        (all, part) =>
          join(
            mapTexts(all, (text) => (text === "" ? "" : `${text}/`)),
            part,
          ),
        textConstant(""),
      );
  }

  #method(callee: SyntaxNode, { positional }: CallArguments): Folded {
    const owner = callee.field("object");
    const method = callee.field("attribute");
    const word = method === undefined ? "" : textOf(this.#tree, method);
    switch (word) {
      case "items":
      case "keys":
      case "values":
        return rowsOf(this.fold(owner), word);
      case "get":
      case "pop": {
        const found = select(this.fold(owner), this.fold(positional[0]), undefined);
        return positional[1] === undefined ? found : union([found, this.fold(positional[1])]);
      }
      case "copy":
        return this.fold(owner);
      case "lower":
        return mapTexts(this.fold(owner), (text) => text.toLowerCase());
      case "strip":
        return positional.length > 0 ? OPEN : mapTexts(this.fold(owner), (text) => text.trim());
      case "encode":
      case "decode":
      case "as_posix":
        return mapTexts(this.fold(owner), (text) => text);
      case "split":
        return this.#split(owner, positional);
      case "format":
        return this.#filled(this.fold(owner), /\{\d?\}/g, positional);
      case "join":
        return OPEN;
      default:
        return OPEN;
    }
  }

  #split(owner: SyntaxNode | undefined, positional: readonly SyntaxNode[]): Folded {
    const by = positional.length === 0 ? [" "] : textsOf(this.fold(positional[0]));
    const text = this.fold(owner);
    const [separator] = by;
    if (separator === undefined || separator === "" || positional.length > 1) return OPEN;
    const lists = textsOf(text).map((each) => {
      const words = positional.length === 0 ? each.trim().split(/\s+/) : each.split(separator);
      return listConstant(words.map((word) => textConstant(word)));
    });
    return union(text.open || lists.length === 0 ? [...lists, OPEN] : lists);
  }

  #name(node: SyntaxNode): Folded {
    const name = textOf(this.#tree, node);
    for (const scope of scopesOf(this.#tree.pathTo(node.startIndex))) {
      const key = `${scope.id} ${name}`;
      const before = this.#known.get(key);
      if (before !== undefined) return before;
      const found = this.#steps > MAX_STEPS ? undefined : bindingsIn(this.#tree, scope, name);
      this.#spend(scope, found?.looked ?? 0);
      if (found === undefined) return OPEN;
      const { bindings } = found;
      if (!bindings.some(({ kind }) => kind !== "put")) continue;
      // While it is followed, a name that leads back to itself adds nothing; that it may be more is said by being open.
      this.#known.set(key, OPEN);
      const folded = union(bindings.map((binding) => this.#binding(binding)));
      this.#known.set(key, folded);
      return folded;
    }
    return OPEN;
  }

  #binding(binding: Binding): Folded {
    switch (binding.kind) {
      case "other":
        return OPEN;
      case "parameter":
        return union([this.fold(binding.standard), this.#given(binding.owner, binding.name), OPEN]);
      case "put": {
        const folded = this.fold(binding.source);
        if (binding.as === "item") return listConstant([folded]);
        if (binding.as === "row")
          return { values: [{ kind: "table", rows: [[this.fold(binding.key), folded]] }], open: false };
        const whole = folded.values.filter(({ kind }) => kind !== "text");
        return { values: whole, open: folded.open || whole.length !== folded.values.length };
      }
      case "value":
        return binding.steps.reduce<Folded>(
          (all, step) => (step === "each" ? iterate(all) : select(all, OPEN, step)),
          this.fold(binding.source),
        );
    }
  }

  /** A search through the text, and each place that was looked at, cost more than a node does. */
  #spend(scope: SyntaxNode, places: number): void {
    this.#steps += 20 * places + Math.ceil((scope.endIndex - scope.startIndex) / 2000);
  }

  /** What the callers of a function in this file give for one of its parameters. */
  #given(owner: SyntaxNode, parameter: string): Folded {
    const nameNode = owner.field("name");
    const [root] = this.#tree.pathTo(owner.startIndex);
    const parameters = owner.field("parameters");
    if (nameNode === undefined || root === undefined || parameters === undefined) return OPEN;
    const names = meaningful(parameters).map((each) =>
      textOf(this.#tree, each).replace(/[^\p{ID_Continue}*].*$/su, ""),
    );
    const place = names.indexOf(parameter);
    const given: Folded[] = [];
    let count = 0;
    for (const offset of occurrences(this.#tree.text, textOf(this.#tree, nameNode), root)) {
      if (++count > MAX_CALLERS) break;
      const call = this.#tree.pathTo(offset).at(-2);
      if (call?.type !== "call" || call.field("function")?.startIndex !== offset) continue;
      const value = argumentOf(this.#tree, callArguments(call), { at: place, keyword: parameter });
      if (value !== undefined) given.push(this.fold(value));
    }
    this.#spend(root, count);
    return union(given);
  }
}
