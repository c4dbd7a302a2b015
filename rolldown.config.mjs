import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { defineConfig } from "rolldown";

const { resolve } = createRequire(import.meta.url);

/** The grammar is read at run time from beside the program (src/edge/grammar/wasm-file.ts), with the licences of both parts. */
export const grammarFiles = {
  name: "grammar-files",
  generateBundle() {
    const runtime = resolve("web-tree-sitter/web-tree-sitter.wasm");
    const python = resolve("@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm");
    const licences = [runtime.replace(/[^/]*$/, "LICENSE"), python.replace(/wasm\/[^/]*$/, "LICENSE")];
    const files = {
      "web-tree-sitter.wasm": readFileSync(runtime),
      "tree-sitter-python.wasm": readFileSync(python),
      "tree-sitter.LICENSE": licences.map((path) => readFileSync(path, "utf8")).join("\n"),
    };
    for (const [fileName, source] of Object.entries(files))
      this.emitFile({ type: "asset", fileName, source });
  },
};

/** All that decides what is learnt of a layer: its readers, and what asks. Facts that another one learnt are not taken for ours. */
const LAYER_READERS = [
  "src/core/audit",
  "src/core/policy/image",
  "src/edge/grammar",
  "src/edge/registry/layers",
];

const layerStamp = {
  name: "layer-stamp",
  generateBundle() {
    const hash = createHash("sha256");
    for (const folder of LAYER_READERS) {
      const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".ts"));
      for (const file of files.sort()) hash.update(`${file}\0`).update(readFileSync(`${folder}/${file}`));
    }
    this.emitFile({ type: "asset", fileName: "layers.stamp", source: hash.digest("hex") });
  },
};

/** One folder of few files: loading a hundred small modules would cost a no-op a third of its time. */
export default defineConfig({
  input: {
    main: "src/views/cli/main.ts",
    docs: "src/views/docs/main.ts",
    // A thread begins with a file of its own.
    "survey-worker": "src/edge/ledger/survey-worker.ts",
    "zstd-worker": "src/edge/registry/layers/zstd-worker.ts",
  },
  platform: "node",
  plugins: [grammarFiles, layerStamp],
  // Of the runtime of the grammar, as its compiler writes it; that part only runs for grammars that are linked at run time.
  checks: { eval: false },
  external: ["zstddec/stream", "yaml", "zod"],
  output: { dir: "dist", format: "esm", sourcemap: true, cleanDir: true, chunkFileNames: "[name]-[hash].js" },
});
