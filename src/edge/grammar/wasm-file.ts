import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Packages that ship the files: where the program runs from its sources. */
const PACKAGED = {
  "web-tree-sitter.wasm": "web-tree-sitter/web-tree-sitter.wasm",
  "tree-sitter-python.wasm": "@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm",
} as const;

/** The bundle has the files beside it, wherever it lies. */
export function readWasm(name: keyof typeof PACKAGED): Uint8Array {
  const beside = fileURLToPath(new URL(name, import.meta.url));
  return readFileSync(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(PACKAGED[name]));
}
