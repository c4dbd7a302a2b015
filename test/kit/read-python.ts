import type { ReadOptions } from "../../src/core/audit/python/imports/read-imports.ts";
import type { PythonImport, PythonSource } from "../../src/core/audit/python/python-source.ts";
import { openPythonGrammar } from "../../src/edge/grammar/tree-sitter-python.ts";

export const grammar = await openPythonGrammar();

export function readPython(text: string, options?: ReadOptions): PythonSource {
  return grammar.read(new TextEncoder().encode(text), options);
}

/** Imports in a line each: `how module names`, with what is not plain about the context behind it. */
export function importLines(text: string, options?: ReadOptions): string[] {
  return readPython(text, options).imports.map(importLine);
}

export function importLine({ how, module, names, context }: PythonImport): string {
  const marks = [
    context.deferred ? "deferred" : "",
    context.typing ? "typing" : "",
    context.guard === "none" ? "" : context.guard,
    context.condition === undefined ? "" : `if ${context.condition}`,
    context.holds === undefined ? "" : context.holds ? "holds" : "never",
  ].filter((mark) => mark !== "");
  const what = names.length === 0 ? `${how} ${module}` : `${how} ${module} ${names.join(",")}`;
  return marks.length === 0 ? what : `${what} [${marks.join("; ")}]`;
}
