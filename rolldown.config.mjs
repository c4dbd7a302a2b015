import { defineConfig } from "rolldown";

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
  external: ["zstddec/stream", "yaml", "zod"],
  output: { dir: "dist", format: "esm", sourcemap: true, cleanDir: true, chunkFileNames: "[name]-[hash].js" },
});
