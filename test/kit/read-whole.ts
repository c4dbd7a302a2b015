import { Language, Parser } from "web-tree-sitter";
import { condensed } from "../../src/core/audit/python/imports/condense.ts";
import { decodeSource } from "../../src/core/audit/python/imports/decode-source.ts";
import { type ReadOptions, readImports } from "../../src/core/audit/python/imports/read-imports.ts";
import type { PythonSource } from "../../src/core/audit/python/python-source.ts";
import { GrammarTree } from "../../src/edge/grammar/grammar-tree.ts";
import { readWasm } from "../../src/edge/grammar/wasm-file.ts";

await Parser.init({ wasmBinary: readWasm("web-tree-sitter.wasm") });
const parser = new Parser().setLanguage(await Language.load(readWasm("tree-sitter-python.wasm")));

/** What the grammar makes of all of a source, none of it left out. */
export function readWhole(bytes: Uint8Array, options?: ReadOptions): PythonSource {
  const { text, errors } = decodeSource(bytes);
  return withTree(condensed(text), errors, (tree) => readImports(tree, options));
}

/** Lines in which the grammar finds errors. */
export function grammarErrors(text: string): readonly number[] {
  return withTree(text, [], ({ errors }) => errors);
}

function withTree<Value>(text: string, errors: readonly number[], read: (tree: GrammarTree) => Value): Value {
  const parsed = parser.parse(text);
  if (parsed === null) throw new Error("the grammar gave no tree");
  const tree = new GrammarTree(parsed, { text, source: text }, errors);
  try {
    return read(tree);
  } finally {
    tree.delete();
  }
}
