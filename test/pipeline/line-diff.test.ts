import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { lineDiff } from "../../src/core/pipeline/line-diff.ts";

const folder = mkdtempSync(join(tmpdir(), "lapstrake-diff-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What git makes of the old text by our diff. */
function patched(before: string, after: string): string {
  const file = join(folder, "f");
  writeFileSync(file, before);
  const diff = lineDiff("f", before, after);
  if (diff !== "")
    execFileSync("git", ["apply", "--unidiff-zero", "-"], {
      cwd: folder,
      input: diff,
      stdio: ["pipe", "pipe", "pipe"],
    });
  return readFileSync(file, "utf8");
}

test("equal texts have none, and a changed line has three around it", () => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`);
  const before = `${lines.join("\n")}\n`;
  expect(lineDiff("f", before, before)).toBe("");
  expect(lineDiff("f", before, before.replace("line 6\n", "other\n"))).toBe(
    "--- a/f\n+++ b/f\n@@ -3,7 +3,7 @@\n line 3\n line 4\n line 5\n-line 6\n+other\n line 7\n line 8\n line 9\n",
  );
});

test("git applies it, whatever the texts are", () => {
  const text = fc
    .array(fc.constantFrom("a", "b", "c", "", "d e"), { maxLength: 25 })
    .chain((lines) => fc.boolean().map((end) => lines.join("\n") + (end && lines.length > 0 ? "\n" : "")));
  fc.assert(
    fc.property(text, text, (before, after) => {
      // git takes no patch of nothing to something without saying that the file is new.
      fc.pre(before !== "" && after !== "");
      expect(patched(before, after)).toBe(after);
    }),
    { numRuns: 60 },
  );
});

test("texts without a line in common are shown whole, however long they are", () => {
  const many = (letter: string) => Array.from({ length: 5000 }, (_, index) => `${letter}${index}`).join("\n");
  const started = performance.now();
  const diff = lineDiff("f", `${many("a")}\n`, `${many("b")}\n`);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(diff.split("\n")).toHaveLength(10_004);
});
