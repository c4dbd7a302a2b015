import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ContextFiles, matchSources } from "../../src/core/dockerfile/match.ts";
import type { ContextSource } from "../../src/core/dockerfile/resolved.ts";
import { inParallel, runBuild } from "../dockerfile/ask-buildkit.ts";
import { generateSourceCase, type SourceCase } from "../dockerfile/generated-source.ts";
import { writeTree } from "../dockerfile/tree-on-disk.ts";
import { requireEngine } from "../kit/engine.ts";

const CASES = 50;

const engine = await requireEngine();
const root = mkdtempSync(join(tmpdir(), "lap-sources-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Attempt extends SourceCase {
  /** Copied by one build, each into a folder of its own. */
  readonly together: readonly ContextSource[];
}

describe.skipIf(engine === undefined)("sources of COPY, against BuildKit", () => {
  if (engine === undefined) return;
  let builds = 0;

  /** Source paths of the regular files that each COPY brought, or the error. */
  const copy = async (
    folder: string,
    sources: readonly ContextSource[],
  ): Promise<readonly string[][] | string> => {
    const place = join(root, `build-${++builds}`);
    const dockerfile = `${place}.Dockerfile`;
    const lines = sources.map(({ patterns, exclude }, index) => {
      const flags = exclude.map((pattern) => `--exclude=${pattern.replaceAll("\\", "\\\\")} `).join("");
      return `COPY ${flags}${JSON.stringify([...patterns.map(escaped), `/${index}/`])}`;
    });
    writeFileSync(dockerfile, ["FROM scratch", ...lines, ""].join("\n"));
    const run = await runBuild(engine, [
      "--quiet",
      `--file=${dockerfile}`,
      `--output=type=local,dest=${place}`,
      folder,
    ]);
    const reason = /^ERROR: .*$/m.exec(run.stderr)?.[0] ?? run.stderr;
    return run.ok
      ? sources.map((_, index) => [...new Set(sourcesIn(join(place, String(index))))].sort())
      : reason;
  };

  it(`selects the same files in ${CASES} generated trees`, async () => {
    const attempts = Array.from({ length: CASES }, (_, index): Attempt => {
      const made = generateSourceCase(index + 1);
      const tree = treeOf(made);
      const together = made.sources.filter((source) => {
        const { missing, empty } = matchSources(source, tree);
        // Whether an empty wildcard in a folder fails depends on the other instructions.
        return missing.length === 0 && !empty.some((pattern) => pattern.includes("/"));
      });
      return { ...made, together };
    });
    const answers = await inParallel(attempts, 4, (attempt) => copy(treeFolder(attempt), attempt.together));
    for (const [index, attempt] of attempts.entries()) {
      const tree = treeOf(attempt);
      const ours = attempt.together.map((source) => regularFiles(matchSources(source, tree).files, attempt));
      expect(ours, JSON.stringify({ ...attempt, links: [...attempt.links] }, undefined, 1)).toEqual(
        answers[index],
      );
    }
    // Canary: there was something to select, and something was left out.
    const copied = answers.flatMap((answer) => (typeof answer === "string" ? [] : answer.flat())).length;
    expect(copied).toBeGreaterThan(CASES * 5);
    expect(copied).toBeLessThan(
      attempts.reduce((sum, { files, together }) => sum + files.length * together.length, 0),
    );
  });

  it("calls a source missing where BuildKit does", async () => {
    const missing = Array.from({ length: CASES }, (_, index) => generateSourceCase(index + 1)).flatMap(
      (made) =>
        made.sources
          .filter((source) => matchSources(source, treeOf(made)).missing.length > 0)
          .map((source) => ({ made, source })),
    );
    const some = missing.slice(0, 24);
    expect(some.length).toBeGreaterThan(10);
    const answers = await inParallel(some, 4, ({ made, source }) => copy(treeFolder(made), [source]));
    for (const [index, { source }] of some.entries()) {
      expect(answers[index], JSON.stringify(source)).toEqual(
        expect.stringMatching(/not found|no such file|too many links/),
      );
    }
  });
});

/** The tree on disk, written once. */
function treeFolder({ seed, files, links }: SourceCase): string {
  const folder = join(root, `tree-${seed}`);
  if (!existsSync(folder)) writeTree(folder, [...files, ...links.keys()], links);
  return folder;
}

function treeOf({ files, links }: SourceCase): ContextFiles {
  return { files: [...files, ...links.keys()], links };
}

/** Links inside a copied folder stay links; the copy shows their content nowhere. */
function regularFiles(files: readonly string[], { links }: SourceCase): readonly string[] {
  return files.filter((file) => !links.has(file));
}

/** JSON takes the text as it is, but the words are expanded after: a backslash is written twice. */
function escaped(pattern: string): string {
  return pattern.replaceAll("\\", "\\\\");
}

/** Each generated file holds its own path. */
function sourcesIn(folder: string): string[] {
  let entries: readonly { readonly name: string; isFile: () => boolean; isDirectory: () => boolean }[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return entry.isFile() ? [readFileSync(path, "utf8").trim()] : [];
  });
}
