import type { Names } from "./names.ts";
import { dottedText, meaningful, type SyntaxNode, type SyntaxTree, textOf } from "./syntax.ts";

/** What a failed import raises, and what that is. */
const IMPORT_ERRORS: ReadonlySet<string> = new Set([
  "ImportError",
  "ModuleNotFoundError",
  "Exception",
  "BaseException",
]);
const SUPPRESSORS: ReadonlySet<string> = new Set(["contextlib.suppress", "pytest.raises"]);

/**
 * Whether a handler takes a failed import, and goes on without the module. One that ends by raising says what is missing in
 * its own words; the program needs the module all the same.
 */
export function handlesImportError(tree: SyntaxTree, handler: SyntaxNode): "no" | "goes on" | "raises" {
  const caught = meaningful(handler).filter(({ type }) => type !== "block");
  if (caught.length > 0 && !caught.some((each) => namesImportError(tree, each))) return "no";
  const block = handler.children.find(({ type }) => type === "block");
  const last = block === undefined ? undefined : meaningful(block).at(-1);
  return last !== undefined && endsProgram(tree, last) ? "raises" : "goes on";
}

/** A `with` whose manager swallows a failed import: `suppress(ImportError)`, or a test that waits for it. */
export function expectsFailure(tree: SyntaxTree, names: Names, statement: SyntaxNode): boolean {
  const clause = statement.children.find(({ type }) => type === "with_clause");
  return (clause === undefined ? [] : meaningful(clause)).some((item) => {
    const value = item.field("value");
    const call = value?.type === "as_pattern" ? meaningful(value)[0] : value;
    const [callee, list] = [call?.field("function"), call?.field("arguments")];
    if (call?.type !== "call" || callee === undefined || list === undefined) return false;
    const isSuppressor =
      names.targetsOfNode(tree, callee).some((target) => SUPPRESSORS.has(target)) ||
      (dottedText(tree, callee) ?? "").endsWith(".assertRaises");
    return isSuppressor && meaningful(list).some((each) => namesImportError(tree, each));
  });
}

function namesImportError(tree: SyntaxTree, node: SyntaxNode, depth = 0): boolean {
  if (depth > 4) return false;
  switch (node.type) {
    case "identifier":
    case "attribute":
      return IMPORT_ERRORS.has((dottedText(tree, node) ?? "").replace(/^.*\./, ""));
    case "as_pattern": {
      const [caught] = meaningful(node);
      return caught !== undefined && namesImportError(tree, caught, depth + 1);
    }
    case "tuple":
    case "list":
    case "parenthesized_expression":
      return meaningful(node).some((each) => namesImportError(tree, each, depth + 1));
    default:
      return false;
  }
}

function endsProgram(tree: SyntaxTree, statement: SyntaxNode): boolean {
  if (statement.type === "raise_statement") return true;
  const [call] = statement.type === "expression_statement" ? meaningful(statement) : [];
  const callee = call?.type === "call" ? call.field("function") : undefined;
  return callee !== undefined && /^(?:sys\.exit|exit|quit|os\._exit)$/.test(textOf(tree, callee));
}
