import { meaningful, type SyntaxNode, type SyntaxPath, type SyntaxTree, textOf } from "./syntax.ts";
import { wordsIn } from "./words-in.ts";

/** How a name comes by its value. */
export type Binding =
  | {
      readonly kind: "value";
      /** The expression on the right. */
      readonly source: SyntaxNode;
      /** What is taken of it: each of its items, one by its index. */
      readonly steps: readonly ("each" | number)[];
    }
  /** The name is a list or a table, and this is put in: a list or table, one item, or one row under `key`. */
  | {
      readonly kind: "put";
      readonly source: SyntaxNode;
      readonly as: "all" | "item" | "row";
      readonly key?: SyntaxNode;
    }
  | {
      readonly kind: "parameter";
      readonly owner: SyntaxNode;
      readonly name: string;
      readonly standard?: SyntaxNode;
    }
  | { readonly kind: "other" };

const COMPREHENSIONS: ReadonlySet<string> = new Set([
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
]);
const PATTERNS: ReadonlySet<string> = new Set(["pattern_list", "tuple_pattern", "list_pattern"]);
const PARAMETERS: ReadonlySet<string> = new Set(["parameters", "lambda_parameters"]);
/** A name that occurs more often than this is no constant that anybody could follow. */
const MAX_OCCURRENCES = 300;

/** The scopes that a name at the end of a path is looked up in, inner first: comprehensions, functions, a class right around it, the module. */
export function scopesOf(path: SyntaxPath): SyntaxNode[] {
  const scopes: SyntaxNode[] = [];
  for (let at = path.length - 1; at > 0; at--) {
    const [parent, child] = [path[at - 1], path[at]];
    if (parent === undefined || child === undefined) continue;
    if (COMPREHENSIONS.has(parent.type)) scopes.push(parent);
    else if (isBodyOf(parent, child)) {
      // A class's names are seen in its own block, not in its methods (reference, 4.2.2).
      if (parent.type !== "class_definition" || scopes.every(({ type }) => COMPREHENSIONS.has(type)))
        scopes.push(parent);
    }
  }
  const [root] = path;
  return root === undefined ? scopes : [...scopes, root];
}

function isBodyOf(parent: SyntaxNode, child: SyntaxNode): boolean {
  if (parent.type === "lambda") return parent.field("body")?.id === child.id;
  return (
    (parent.type === "function_definition" || parent.type === "class_definition") && child.type === "block"
  );
}

/** All that binds a name in a scope, and how many places were looked at; undefined where there are too many to follow. */
export function bindingsIn(
  tree: SyntaxTree,
  scope: SyntaxNode,
  name: string,
): { readonly bindings: readonly Binding[]; readonly looked: number } | undefined {
  if (COMPREHENSIONS.has(scope.type)) return { bindings: clauseBindings(tree, scope, name), looked: 1 };
  const found: Binding[] = [];
  let count = 0;
  for (const offset of occurrences(tree.text, name, scope)) {
    if (++count > MAX_OCCURRENCES) return undefined;
    const path = tree.pathTo(offset);
    if (path.at(-1)?.type !== "identifier") continue;
    const bound = bindingAt(tree, path);
    // Any function may put something into a list of the module.
    if (bound !== undefined && (bound.kind === "put" || ownerOf(path)?.id === scope.id)) found.push(bound);
  }
  return { bindings: found, looked: count };
}

/** Where a name may stand in a node; attributes of that name are left out. */
export function* occurrences(text: string, name: string, within: SyntaxNode): Generator<number> {
  for (const at of wordsIn(text, name, within.startIndex, within.endIndex))
    if (text[at - 1] !== ".") yield at;
}

/** The function, class or module that a binding at the end of this path belongs to. */
function ownerOf(path: SyntaxPath): SyntaxNode | undefined {
  for (let at = path.length - 1; at > 0; at--) {
    const [parent, child] = [path[at - 1], path[at]];
    if (parent === undefined || child === undefined) continue;
    if (isBodyOf(parent, child)) return parent;
    if (PARAMETERS.has(child.type) && isParameterName(path, at)) return parent;
  }
  return path[0];
}

/** Not in a default or an annotation: those are read outside of the function. */
function isParameterName(path: SyntaxPath, parameters: number): boolean {
  const [each, inner] = [path[parameters + 1], path[parameters + 2]];
  if (each === undefined) return false;
  return inner === undefined || each.field("name")?.id === inner.id || each.type === "typed_parameter";
}

function bindingAt(tree: SyntaxTree, path: SyntaxPath): Binding | undefined {
  const name = path.at(-1);
  if (name === undefined) return undefined;
  let at = path.length - 2;
  let child = name;
  const route: number[] = [];
  for (let parent = path[at]; parent !== undefined && PATTERNS.has(parent.type); parent = path[--at]) {
    route.unshift(meaningful(parent).findIndex((each) => each.id === child.id));
    child = parent;
  }
  const parent = path[at];
  if (parent === undefined) return undefined;
  const isLeft = parent.field("left")?.id === child.id;
  switch (parent.type) {
    case "assignment": {
      const source = parent.field("right");
      return isLeft && source !== undefined ? { kind: "value", source, steps: route } : undefined;
    }
    case "augmented_assignment": {
      const source = parent.field("right");
      return isLeft && source !== undefined ? { kind: "put", source, as: "all" } : undefined;
    }
    case "for_statement": {
      const source = parent.field("right");
      return isLeft && source !== undefined
        ? { kind: "value", source, steps: ["each", ...route] }
        : undefined;
    }
    case "named_expression": {
      const source = parent.field("value");
      const isName = parent.field("name")?.id === child.id;
      return isName && source !== undefined ? { kind: "value", source, steps: [] } : undefined;
    }
    case "subscript":
      return rowPutIn(path, at, child);
    case "attribute":
      return itemPutIn(tree, path, at);
    case "list_splat_pattern":
    case "as_pattern_target":
    case "with_item":
    case "case_pattern":
      return { kind: "other" };
    case "function_definition":
    case "class_definition":
      return parent.field("name")?.id === child.id ? { kind: "other" } : undefined;
    default:
      return parameterAt(tree, path, at) ?? importedAt(path, at);
  }
}

function parameterAt(tree: SyntaxTree, path: SyntaxPath, at: number): Binding | undefined {
  const inner = path[at];
  const name = path.at(-1);
  const parameters = PARAMETERS.has(inner?.type ?? "") ? at : at - 1;
  const owner = path[parameters - 1];
  if (inner === undefined || name === undefined || owner === undefined) return undefined;
  if (!PARAMETERS.has(path[parameters]?.type ?? "") || !isParameterName(path, parameters)) return undefined;
  const standard = inner.field("value");
  return {
    kind: "parameter",
    owner,
    name: textOf(tree, name),
    ...(standard === undefined ? {} : { standard }),
  };
}

function importedAt(path: SyntaxPath, at: number): Binding | undefined {
  return path.slice(0, at + 1).some(({ type }) => type.startsWith("import_")) ? { kind: "other" } : undefined;
}

/** `TABLE["key"] = value`. */
function rowPutIn(path: SyntaxPath, at: number, child: SyntaxNode): Binding | undefined {
  const [subscript, assignment] = [path[at], path[at - 1]];
  if (subscript?.field("value")?.id !== child.id || assignment?.type !== "assignment") return undefined;
  const [source, key] = [assignment.field("right"), subscript.field("subscript")];
  if (assignment.field("left")?.id !== subscript.id || source === undefined || key === undefined)
    return undefined;
  return { kind: "put", source, as: "row", key };
}

/** `NAMES.append(x)`, `.add(x)`, `.extend(list)`, `.update(table)`. */
function itemPutIn(tree: SyntaxTree, path: SyntaxPath, at: number): Binding | undefined {
  const [attribute, call] = [path[at], path[at - 1]];
  const method = attribute?.field("attribute");
  if (attribute === undefined || call?.type !== "call" || method === undefined) return undefined;
  if (call.field("function")?.id !== attribute.id) return undefined;
  const list = call.field("arguments");
  const [source] = list === undefined ? [] : meaningful(list);
  if (source === undefined || source.type === "keyword_argument") return undefined;
  const word = textOf(tree, method);
  if (word === "append" || word === "add") return { kind: "put", source, as: "item" };
  return word === "extend" || word === "update" ? { kind: "put", source, as: "all" } : undefined;
}

function clauseBindings(tree: SyntaxTree, comprehension: SyntaxNode, name: string): readonly Binding[] {
  return meaningful(comprehension).flatMap((clause): Binding[] => {
    const [left, source] = [clause.field("left"), clause.field("right")];
    if (clause.type !== "for_in_clause" || left === undefined || source === undefined) return [];
    const route = routeTo(tree, left, name);
    return route === undefined ? [] : [{ kind: "value", source, steps: ["each", ...route] }];
  });
}

/** Where a name stands in `a, (b, c)`: indexes from the outside in. Patterns of more than a few levels are not followed. */
function routeTo(tree: SyntaxTree, pattern: SyntaxNode, name: string, depth = 0): number[] | undefined {
  if (pattern.type === "identifier") return textOf(tree, pattern) === name ? [] : undefined;
  if (!PATTERNS.has(pattern.type) || depth > 4) return undefined;
  for (const [index, each] of meaningful(pattern).entries()) {
    const rest = routeTo(tree, each, name, depth + 1);
    if (rest !== undefined) return [index, ...rest];
  }
  return undefined;
}
