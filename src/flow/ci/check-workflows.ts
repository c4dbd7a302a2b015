import { LapstrakeError } from "../../core/base/error.ts";
import type { Finding } from "../../core/base/finding.ts";
import { WORKFLOW_FOLDER } from "../../core/pipeline/workflow/target.ts";
import { judgeWorkflows } from "../../core/policy/workflows/judge-workflows.ts";
import type { WorkflowText } from "../../core/policy/workflows/workflow.ts";
import type { WorkingTree } from "../../edge/tree/port.ts";
import { type Fleet, loadSoundFleet } from "../load-fleet.ts";
import type { World } from "../world.ts";
import { renderAll } from "./generate-workflows.ts";
import { pipelinesOf } from "./open-pipelines.ts";
import { repositoryTop } from "./repository-top.ts";

export interface WorkflowCheck {
  /** Workflows that were judged. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** From what is committed to what would be generated. */
  readonly diffs: readonly { readonly path: string; readonly diff: string }[];
}

const SIZE_LIMIT = 1024 * 1024;

/**
 * The workflows of the repository: those of the fleet against what would be generated, and each by itself. Without `ci:` in the
 * blueprint nothing would be, and the rest is judged all the same.
 */
export async function checkWorkflows(world: World): Promise<WorkflowCheck> {
  const fleet = await loadSoundFleet(world);
  const top = await repositoryTop(fleet);
  const tree = world.tree(top.path);
  const { ci } = fleet.blueprint;
  const expected =
    ci === undefined ? [] : await renderAll(pipelinesOf(fleet, ci), top.folder, { tree, force: true });
  const { texts, findings } = await readWorkflows(tree);
  return {
    files: texts.map(({ file }) => file),
    findings: [
      ...expected.flatMap(({ path, before, diff }) => (diff === "" ? [] : [differs(path, before)])),
      ...findings,
      ...(await judgeInTree(texts, fleet, tree)),
    ],
    diffs: expected.flatMap(({ path, before, diff }) =>
      diff === "" || before === undefined ? [] : [{ path, diff }],
    ),
  };
}

function differs(path: string, before: string | undefined): Finding {
  const isMissing = before === undefined;
  return {
    rule: isMissing ? "workflow-missing" : "workflow-differs",
    level: "error",
    message: isMissing ? `${path} is not there` : "it is not what the fleet would have generated now",
    at: { file: path, line: 1, column: 1 },
    hint: "lapstrake ci generate github, and commit what it writes",
  };
}

async function readWorkflows(
  tree: WorkingTree,
): Promise<{ readonly texts: readonly WorkflowText[]; readonly findings: readonly Finding[] }> {
  const texts: WorkflowText[] = [];
  const findings: Finding[] = [];
  for (const name of await namesIn(tree)) {
    const file = `${WORKFLOW_FOLDER}/${name}`;
    try {
      const bytes = await tree.read(file, SIZE_LIMIT);
      if (bytes !== undefined) texts.push({ file, text: new TextDecoder().decode(bytes) });
    } catch (error) {
      if (!(error instanceof LapstrakeError)) throw error;
      const rule = error.code === "TREE_TOO_BIG" ? "workflow-too-big" : "workflow-unreadable";
      findings.push({ rule, level: "error", message: error.message, at: { file, line: 1, column: 1 } });
    }
  }
  return { texts, findings };
}

/** GitHub reads the files of this folder alone, none below it. */
async function namesIn(tree: WorkingTree): Promise<readonly string[]> {
  try {
    const entries = await tree.list(WORKFLOW_FOLDER);
    return entries.flatMap(({ path, type }) =>
      type !== "directory" && /^[^/]+\.ya?ml$/.test(path) ? [path] : [],
    );
  } catch (error) {
    if (error instanceof LapstrakeError && error.code === "TREE_MISSING") return [];
    throw error;
  }
}

/** Rules ask for files by name; which, only they know. So they are asked twice: what they want, and with the answers. */
async function judgeInTree(
  texts: readonly WorkflowText[],
  { blueprint }: Fleet,
  tree: WorkingTree,
): Promise<readonly Finding[]> {
  const known = new Map<string, boolean>();
  const asked = new Set<string>();
  const facts = {
    scheme: blueprint.tag,
    channels: blueprint.channels,
    hasFile: (path: string) => {
      asked.add(path);
      return known.get(path) ?? true;
    },
  };
  judgeWorkflows(texts, facts);
  for (const path of asked) known.set(path, await isFile(tree, path));
  return judgeWorkflows(texts, facts);
}

async function isFile(tree: WorkingTree, path: string): Promise<boolean> {
  try {
    return (await tree.read(path)) !== undefined;
  } catch (error) {
    // A folder is none; what is there and cannot be read, or is huge, is one all the same.
    if (error instanceof LapstrakeError) return error.code === "TREE_TOO_BIG";
    throw error;
  }
}
