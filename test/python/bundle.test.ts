import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "lapstrake-grammar-"));

describe("the grammar in a bundle", () => {
  beforeAll(async () => {
    const config: string = join(ROOT, "rolldown.config.mjs");
    // as: the build's own configuration has no types.
    const { grammarFiles } = (await import(config)) as { grammarFiles: Plugin };
    const bundle = await rolldown({
      input: join(ROOT, "src/edge/grammar/tree-sitter-python.ts"),
      platform: "node",
      plugins: [grammarFiles],
    });
    await bundle.write({
      dir: folder,
      format: "esm",
      entryFileNames: "grammar.mjs",
      chunkFileNames: "[name]-[hash].mjs",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("brings its files and their licences along", () => {
    const names = readdirSync(folder);
    expect(names).toEqual(
      expect.arrayContaining(["tree-sitter-python.wasm", "tree-sitter.LICENSE", "web-tree-sitter.wasm"]),
    );
    const licence = readFileSync(join(folder, "tree-sitter.LICENSE"), "utf8");
    expect(licence).toContain("Max Brunsfeld");
    expect(licence).toContain("Microsoft");
  });

  it("has the very bytes of the grammar that tree-sitter-python 0.25.0 ships (docs/decisions/002)", () => {
    const digest = createHash("sha256")
      .update(readFileSync(join(folder, "tree-sitter-python.wasm")))
      .digest("hex");
    expect(digest).toBe("16108b50df4ee9a30168794252ab55e7c93bfc5765d7fa0aa3e335752c515f47");
  });

  it("reads Python from another folder, with no node_modules near", () => {
    expect(runThere().stdout).toBe('["a"]\n');
  });

  it("fails where its file is gone (canary)", () => {
    rmSync(join(folder, "tree-sitter-python.wasm"));
    expect(runThere().status).not.toBe(0);
  });
});

function runThere() {
  const script = `const { openPythonGrammar } = await import(${JSON.stringify(join(folder, "grammar.mjs"))});
const { imports } = (await openPythonGrammar()).readText("import a");
console.log(JSON.stringify(imports.map(({ module }) => module)));`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: folder,
    encoding: "utf8",
  });
}
