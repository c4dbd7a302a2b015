import { Language, Parser, type Tree } from "web-tree-sitter";
import { AuditError } from "../../core/audit/error.ts";
import { condensed } from "../../core/audit/python/imports/condense.ts";
import { decodeSource } from "../../core/audit/python/imports/decode-source.ts";
import { type ReadOptions, readImports, readOutlined } from "../../core/audit/python/imports/read-imports.ts";
import { scanCost } from "../../core/audit/python/imports/scan-cost.ts";
import { outlineOf } from "../../core/audit/python/outline/outline.ts";
import type { PythonSource } from "../../core/audit/python/python-source.ts";
import { GrammarTree } from "./grammar-tree.ts";
import type { PythonGrammar } from "./port.ts";
import { readWasm } from "./wasm-file.ts";

/** The largest file of CPython's own library, its tests included, has 0.9 MB. */
export const MAX_SOURCE = 4 * 1024 * 1024;
/**
 * The parser reports every hundred of its steps, each of which may cost it a node of some 50 bytes. Source takes one to three
 * steps a byte; error recovery, and text of nothing but signs, far more.
 */
const REPORTS_FOR_NOTHING = 40_000;
const BYTES_PER_REPORT = 33;
/** Ten thousand lines of comment in one run, where they could not be taken out: some seconds. */
const MAX_SCAN_COST = 1e8;

/** Loads the grammar; about 30 ms, so it is done for commands that read Python only. */
export async function openPythonGrammar(): Promise<PythonGrammar> {
  await Parser.init({ wasmBinary: readWasm("web-tree-sitter.wasm") });
  const language = await Language.load(readWasm("tree-sitter-python.wasm"));
  return new TreeSitterPython(new Parser().setLanguage(language));
}

class TreeSitterPython implements PythonGrammar {
  readonly #parser: Parser;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  read(bytes: Uint8Array, options?: ReadOptions): PythonSource {
    if (bytes.length > MAX_SOURCE) throw tooLarge(bytes.length);
    const { text, errors } = decodeSource(bytes);
    return this.#read(text, errors, options);
  }

  readText(text: string, options?: ReadOptions): PythonSource {
    if (text.length > MAX_SOURCE) throw tooLarge(text.length);
    return this.#read(text, [], options);
  }

  /** Most sources are known by their outline, which is a tenth of them. */
  #read(text: string, errors: readonly number[], options: ReadOptions | undefined): PythonSource {
    const source = condensed(text);
    const outline = errors.length === 0 ? outlineOf(source) : source;
    const known =
      outline === source
        ? undefined
        : this.#withTree({ text: outline, source }, errors, (tree) => readOutlined(tree, options));
    return known ?? this.#withTree({ text: source, source }, errors, (tree) => readImports(tree, options));
  }

  #withTree<Value>(
    texts: { readonly text: string; readonly source: string },
    errors: readonly number[],
    read: (tree: GrammarTree) => Value,
  ): Value {
    if (scanCost(texts.text) > MAX_SCAN_COST) throw tooCostly();
    const tree = new GrammarTree(this.#parse(texts.text), texts, errors);
    try {
      return read(tree);
    } finally {
      tree.delete();
    }
  }

  #parse(text: string): Tree {
    const limit = REPORTS_FOR_NOTHING + Math.ceil(text.length / BYTES_PER_REPORT);
    let reports = 0;
    // Returning true stops it, which its types do not say.
    const progressCallback = (): boolean => ++reports > limit;
    const tree = this.#parser.parse(text, undefined, { progressCallback });
    if (tree !== null) return tree;
    // It would go on where it stopped.
    this.#parser.reset();
    throw tooCostly();
  }
}

function tooCostly(): AuditError {
  return new AuditError(
    "PYTHON_SOURCE_LIMIT",
    "expected Python source, found what the grammar cannot make out in reasonable time and memory",
  );
}

function tooLarge(size: number): AuditError {
  return new AuditError(
    "PYTHON_SOURCE_LIMIT",
    `expected at most ${MAX_SOURCE} bytes of Python source, found ${size}`,
  );
}
