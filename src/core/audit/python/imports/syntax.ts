/** A node of a syntax tree, as tree-sitter's grammar of Python names them. What a parser gives, without the parser. */
export interface SyntaxNode {
  /** The same for the same node of a tree. */
  readonly id: number;
  readonly type: string;
  /** False for signs, keywords and the like. */
  readonly isNamed: boolean;
  /** In UTF-16 units of the source, as JavaScript counts. */
  readonly startIndex: number;
  readonly endIndex: number;
  /** Line, from 1. */
  readonly line: number;
  /** All children in order, signs and comments included. */
  readonly children: readonly SyntaxNode[];
  field(name: string): SyntaxNode | undefined;
}

/**
 * A source file and its tree. Reading begins at places that a scan of the text found, never at every node: a file has some
 * hundred times more nodes than imports.
 */
export interface SyntaxTree {
  readonly text: string;
  /** What `text` was made of: the same, or with more in it that says nothing about imports (`outlineOf`). */
  readonly source: string;
  /** The nodes from the root to the smallest one at an offset. */
  pathTo(offset: number): SyntaxPath;
  /** Lines (from 1) where the parser had to guess, in order. */
  readonly errors: readonly number[];
}

/** A node and those that it stands in: the root first, itself last. */
export type SyntaxPath = readonly SyntaxNode[];

export function textOf(tree: SyntaxTree, node: SyntaxNode): string {
  return tree.text.slice(node.startIndex, node.endIndex);
}

/** Children that mean something: no signs, keywords or comments. */
export function meaningful(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter((child) => child.isNamed && child.type !== "comment");
}

/** `a.b.c` where an expression is no more than that. */
export function dottedText(tree: SyntaxTree, node: SyntaxNode): string | undefined {
  const parts: string[] = [];
  let at: SyntaxNode | undefined = node;
  while (at?.type === "attribute") {
    const name = at.field("attribute");
    if (name === undefined) return undefined;
    parts.push(textOf(tree, name));
    at = at.field("object");
  }
  if (at?.type !== "identifier") return undefined;
  parts.push(textOf(tree, at));
  return parts.reverse().join(".");
}
