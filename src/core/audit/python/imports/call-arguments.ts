import type { Argument } from "./known-functions.ts";
import { meaningful, type SyntaxNode, type SyntaxTree, textOf } from "./syntax.ts";

export interface CallArguments {
  /** Those before any `*list`. */
  readonly positional: readonly SyntaxNode[];
  readonly keywords: readonly SyntaxNode[];
}

/** The arguments of a `call` node. */
export function callArguments(call: SyntaxNode): CallArguments {
  const list = call.field("arguments");
  // `f(x for x in y)` has the generator itself there.
  const all = list === undefined ? [] : list.type === "argument_list" ? meaningful(list) : [list];
  const splat = all.findIndex(({ type }) => type === "list_splat" || type === "dictionary_splat");
  const before = splat === -1 ? all : all.slice(0, splat);
  return {
    positional: before.filter(({ type }) => type !== "keyword_argument"),
    keywords: all.filter(({ type }) => type === "keyword_argument"),
  };
}

export function argumentOf(tree: SyntaxTree, call: CallArguments, wanted: Argument): SyntaxNode | undefined {
  return call.positional[wanted.at] ?? keywordOf(tree, call, wanted.keyword);
}

export function keywordOf(tree: SyntaxTree, call: CallArguments, keyword: string): SyntaxNode | undefined {
  const found = call.keywords.find((each) => {
    const name = each.field("name");
    return name !== undefined && textOf(tree, name) === keyword;
  });
  return found?.field("value");
}
