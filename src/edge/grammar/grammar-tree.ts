import type { Node, Tree, TreeCursor } from "web-tree-sitter";
import type { SyntaxNode, SyntaxPath, SyntaxTree } from "../../core/audit/python/imports/syntax.ts";

const MAX_ERRORS = 100;
/** CPython gives up at a hundred blocks, two hundred brackets, and operators in a row that are about as many as these. */
const MAX_NESTING = 3000;
/** A hostile tree is one error after the other; what is looked at to find their lines stays small. */
const MAX_ERROR_NODES = 20_000;

/** A node of web-tree-sitter, asked only once for each thing: every question is a call into WebAssembly. */
class GrammarNode implements SyntaxNode {
  readonly id: number;
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly line: number;
  readonly #node: Node;
  #children: readonly GrammarNode[] | undefined;

  constructor(node: Node) {
    this.#node = node;
    this.id = node.id;
    this.type = node.type;
    this.startIndex = node.startIndex;
    this.endIndex = node.endIndex;
    this.line = node.startPosition.row + 1;
  }

  get isNamed(): boolean {
    return this.#node.isNamed;
  }

  get children(): readonly GrammarNode[] {
    this.#children ??= this.#node.children.map((child) => new GrammarNode(child));
    return this.#children;
  }

  field(name: string): GrammarNode | undefined {
    const found = this.#node.childForFieldName(name);
    return found === null ? undefined : new GrammarNode(found);
  }
}

/** A tree of web-tree-sitter. One cursor goes from place to place, so that near places cost few steps. Use it before `delete`. */
export class GrammarTree implements SyntaxTree {
  readonly text: string;
  readonly source: string;
  readonly #errors: Set<number>;
  readonly #tree: Tree;
  readonly #cursor: TreeCursor;
  readonly #path: GrammarNode[];

  constructor(
    tree: Tree,
    { text, source }: { readonly text: string; readonly source: string },
    errors: readonly number[],
  ) {
    this.text = text;
    this.source = source;
    this.#tree = tree;
    this.#cursor = tree.walk();
    this.#path = [new GrammarNode(tree.rootNode)];
    this.#errors = new Set([...errors, ...errorLines(tree.rootNode)]);
  }

  get errors(): readonly number[] {
    return [...this.#errors].sort((a, b) => a - b).slice(0, MAX_ERRORS);
  }

  pathTo(offset: number): SyntaxPath {
    const path = this.#path;
    const cursor = this.#cursor;
    for (
      let last = path.at(-1);
      path.length > 1 && last !== undefined && !covers(last, offset);
      last = path.at(-1)
    ) {
      cursor.gotoParent();
      path.pop();
    }
    while (path.length < MAX_NESTING && cursor.gotoFirstChildForIndex(offset)) {
      const node = new GrammarNode(cursor.currentNode);
      if (!covers(node, offset)) {
        cursor.gotoParent();
        break;
      }
      path.push(node);
    }
    // What is deeper is not read: that is said as an error of the line.
    if (path.length >= MAX_NESTING) this.#errors.add(path.at(-1)?.line ?? 1);
    return [...path];
  }

  delete(): void {
    this.#cursor.delete();
    this.#tree.delete();
  }
}

function covers(node: SyntaxNode, offset: number): boolean {
  return node.startIndex <= offset && offset < node.endIndex;
}

/** Lines of nodes that the parser made up or passed over. */
function errorLines(root: Node): number[] {
  const lines = new Set<number>();
  const waiting = root.hasError ? [root] : [];
  let looked = 0;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.isError || node.isMissing) lines.add(node.startPosition.row + 1);
    if (lines.size >= MAX_ERRORS || (looked += node.childCount) > MAX_ERROR_NODES) break;
    // In front of each other they come off the stack in the order of the text.
    for (const child of node.children.toReversed())
      if (child.hasError || child.isMissing) waiting.push(child);
  }
  return [...lines];
}
