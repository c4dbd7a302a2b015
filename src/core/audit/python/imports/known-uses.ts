import { KNOWN_FUNCTIONS, type KnownFunction } from "./known-functions.ts";
import type { Names } from "./names.ts";
import { type SyntaxNode, type SyntaxPath, type SyntaxTree, textOf } from "./syntax.ts";
import { wordsIn } from "./words-in.ts";

/** A place where a known function is called, or is handed on without being called. */
export interface KnownUse {
  readonly known: KnownFunction;
  /** Down to the call, or to the name where there is none. */
  readonly path: SyntaxPath;
  readonly call?: SyntaxNode;
}

/** Rounds of `a = importlib.import_module; b = a`; nobody writes more. */
const MAX_ROUNDS = 4;
const GAP = String.raw`(?:[\s\\]|#[^\n]*\n)*`;
const DLOPEN: KnownFunction = { kind: "library", how: "path", argument: { at: 0, keyword: "name" } };

/**
 * All uses in the order of the text; undefined for more than `limit`. Names that are assigned from a known function are
 * followed, so `names` grows.
 */
export function knownUses(tree: SyntaxTree, names: Names, limit: number): KnownUse[] | undefined {
  const found = new Map<number, KnownUse>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let news = false;
    for (const offset of candidates(tree.text, names)) {
      if (found.has(offset)) continue;
      const path = tree.pathTo(offset);
      const use = useAt(tree, names, path);
      if (use === "alias") news = true;
      else if (use !== undefined) found.set(offset, use);
      if (found.size > limit) return undefined;
    }
    if (!news) break;
  }
  // cffi's loader is a method of an object that may be called anything.
  for (const index of wordsIn(tree.text, "dlopen")) {
    const path = tree.pathTo(index);
    const call = path.at(-3);
    const isMethod = path.at(-2)?.type === "attribute" && call?.field("function")?.id === path.at(-2)?.id;
    if (isMethod && call?.type === "call") found.set(index, { known: DLOPEN, path: path.slice(0, -2), call });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, use]) => use);
}

/** Whether the text has anything that may be a use, by the names that are known so far. */
export function mayUseKnown(text: string, names: Names): boolean {
  for (const root of names.roots()) if (!candidatesFrom(text, root).next().done) return true;
  return !wordsIn(text, "dlopen").next().done;
}

function candidates(text: string, names: Names): readonly number[] {
  const found = [...names.roots()].flatMap((root) => [...candidatesFrom(text, root)]);
  return found.sort((a, b) => a - b);
}

/** Where the name stands, and behind it one of the attributes that lead to a known function. */
function* candidatesFrom(
  text: string,
  [local, attributes]: readonly [string, ReadonlySet<string> | undefined],
): Generator<number> {
  const rest =
    attributes === undefined
      ? undefined
      : new RegExp(`${GAP}\\.${GAP}(?:${[...attributes].join("|")})(?![\\w])`, "y");
  for (const at of wordsIn(text, local)) {
    if (text[at - 1] === ".") continue;
    if (rest !== undefined) rest.lastIndex = at + local.length;
    if (rest === undefined || rest.test(text)) yield at;
  }
}

function useAt(tree: SyntaxTree, names: Names, path: SyntaxPath): KnownUse | "alias" | undefined {
  const reached = reachedFunction(tree, names, path);
  if (reached === undefined) return undefined;
  const { known, target, at } = reached;
  const node = path[at];
  const parent = path[at - 1];
  if (node === undefined || parent === undefined) return undefined;
  if (parent.type === "call" && parent.field("function")?.id === node.id)
    return { known, path: path.slice(0, at), call: parent };
  const alias = aliasOf(tree, parent, node);
  if (alias !== undefined) return names.bind(alias, target) ? "alias" : undefined;
  return isReference(path, at) ? { known, path: path.slice(0, at + 1) } : undefined;
}

/** The longest chain of attributes from a name on that is a known function, and where it ends in the path. */
function reachedFunction(
  tree: SyntaxTree,
  names: Names,
  path: SyntaxPath,
): { known: KnownFunction; target: string; at: number } | undefined {
  const last = path.at(-1);
  if (last?.type !== "identifier") return undefined;
  let dotted = textOf(tree, last);
  let at = path.length - 1;
  for (;;) {
    for (const target of names.targetsOf(dotted)) {
      const known = KNOWN_FUNCTIONS.get(target);
      if (known !== undefined) return { known, target, at };
    }
    const [node, parent] = [path[at], path[at - 1]];
    const attribute = parent?.type === "attribute" ? parent.field("attribute") : undefined;
    if (attribute === undefined || node === undefined || parent?.field("object")?.id !== node.id)
      return undefined;
    dotted = `${dotted}.${textOf(tree, attribute)}`;
    at--;
  }
}

/** `load = importlib.import_module`, also as a default of a parameter. */
function aliasOf(tree: SyntaxTree, parent: SyntaxNode, node: SyntaxNode): string | undefined {
  const [left, right] =
    parent.type === "assignment"
      ? [parent.field("left"), parent.field("right")]
      : [parent.field("name"), parent.field("value")];
  const isAlias = ["assignment", "default_parameter", "typed_default_parameter", "named_expression"].includes(
    parent.type,
  );
  if (!isAlias || left?.type !== "identifier" || right?.id !== node.id) return undefined;
  return textOf(tree, left);
}

/** Not a name that is being defined, imported or given to a keyword. */
function isReference(path: SyntaxPath, at: number): boolean {
  const [node, parent] = [path[at], path[at - 1]];
  if (node === undefined || parent === undefined) return false;
  if (path.slice(0, at).some(({ type }) => type.startsWith("import_") || type === "ERROR")) return false;
  if (/(?:parameter|parameters|definition|pattern|delete_statement|global_statement)$/.test(parent.type))
    return false;
  return (
    parent.field("left")?.id !== node.id &&
    !(parent.type === "keyword_argument" && parent.field("name")?.id === node.id)
  );
}
