import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import { type IgnoreRules, parseIgnore } from "../../src/core/dockerfile/ignore.ts";
import { inParallel, runBuild } from "../dockerfile/ask-buildkit.ts";
import { type GeneratedTree, generateTree } from "../dockerfile/generated-tree.ts";
import { foldersAbove, listTree, writeTree } from "../dockerfile/tree-on-disk.ts";
import { requireEngine } from "../kit/engine.ts";

const TREES = 200;

const engine = await requireEngine();
const root = mkdtempSync(join(tmpdir(), "lap-ignore-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(engine === undefined)("ignore files, against BuildKit's COPY . /", () => {
  if (engine === undefined) return;

  /** What the image holds after `COPY . /`, or "refused". */
  const copyAll = async (folder: string, dockerfile: string): Promise<readonly string[] | "refused"> => {
    const out = `${folder}.out`;
    const run = await runBuild(engine, [
      "--quiet",
      `--file=${dockerfile}`,
      `--output=type=local,dest=${out}`,
      folder,
    ]);
    return run.ok ? listTree(out) : "refused";
  };

  it(`sends the same files of ${TREES} generated trees`, async () => {
    const dockerfile = join(root, "shared.Dockerfile");
    writeFileSync(dockerfile, "FROM scratch\nCOPY . /\n");
    const trees = Array.from({ length: TREES }, (_, index) => generateTree(index + 1));
    const answers = await inParallel(trees, 4, (tree) => {
      const folder = join(root, `tree-${tree.seed}`);
      writeTree(folder, tree.files);
      writeFileSync(join(folder, ".dockerignore"), tree.ignore);
      return copyAll(folder, dockerfile);
    });
    for (const [index, tree] of trees.entries()) {
      expect(expected(tree), describeTree(tree)).toEqual(answers[index]);
    }
    // Canary: the trees are not all alike, and rules that know no exceptions would not pass.
    const differs = trees.filter((tree, index) => {
      const plain = tree.ignore.replaceAll(/^ *!.*$/gm, "");
      return JSON.stringify(expected({ ...tree, ignore: plain })) !== JSON.stringify(answers[index]);
    });
    expect(differs.length).toBeGreaterThan(TREES / 10);
    expect(answers.filter((answer) => answer === "refused").length).toBeGreaterThan(2);
  });

  it("takes the Dockerfile's own ignore file, also when it is empty, and treats neither file specially", async () => {
    const folder = join(root, "own");
    mkdirSync(folder);
    writeTree(folder, ["a", "b", "c"]);
    writeFileSync(join(folder, ".dockerignore"), "a\n");
    writeFileSync(join(folder, "One"), "FROM scratch\nCOPY . /\n");
    writeFileSync(join(folder, "One.dockerignore"), "b\nOne*\n.dockerignore\n");
    expect(await copyAll(folder, join(folder, "One"))).toEqual(["a", "c"]);
    rmSync(`${folder}.out`, { recursive: true });
    writeFileSync(join(folder, "One.dockerignore"), "");
    const all = [".dockerignore", "One", "One.dockerignore", "a", "b", "c"];
    expect(await copyAll(folder, join(folder, "One"))).toEqual(all);
  });
});

function expected(tree: GeneratedTree): readonly string[] | "refused" {
  const rules = rulesOf(tree.ignore);
  if (rules === "refused") return rules;
  const all = [...tree.files, ".dockerignore"];
  const files = all.filter((file) => !rules.ignores(file));
  const folders = all
    .flatMap(foldersAbove)
    .filter(
      (folder) =>
        !rules.ignores(folder.slice(0, -1)) &&
        !foldersAbove(folder).some((above) => rules.prunes(above.slice(0, -1))),
    );
  return [...new Set([...files, ...files.flatMap(foldersAbove), ...folders])].sort();
}

function rulesOf(text: string): IgnoreRules | "refused" {
  try {
    return parseIgnore(text);
  } catch (error) {
    if (error instanceof DockerfileError) return "refused";
    throw error;
  }
}

function describeTree({ seed, ignore, files }: GeneratedTree): string {
  return `tree ${seed}\n${ignore}\n--\n${files.join("\n")}`;
}
