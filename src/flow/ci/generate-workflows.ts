import { basename, join } from "node:path";
import { readSource } from "../../core/blueprint/source.ts";
import { PipelineError } from "../../core/pipeline/error.ts";
import { lineDiff } from "../../core/pipeline/line-diff.ts";
import { readKept } from "../../core/pipeline/workflow/keep.ts";
import { GENERATED_BY, renderWorkflow } from "../../core/pipeline/workflow/render-workflow.ts";
import { workflowFile } from "../../core/pipeline/workflow/target.ts";
import type { WorkingTree } from "../../edge/tree/port.ts";
import { FlowError } from "../error.ts";
import type { World } from "../world.ts";
import { type OpenPipelines, openPipelines, requireSharedRegistry } from "./open-pipelines.ts";
import { repositoryTop } from "./repository-top.ts";

export interface GeneratedWorkflow {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
  /** Undefined where there is no such file yet. */
  readonly before: string | undefined;
  /** From what is there to what is generated; empty where they are equal. */
  readonly diff: string;
}

export interface GenerateFlags {
  readonly dryRun: boolean;
  /** Also where a workflow of the same name stands that is none of ours. */
  readonly force: boolean;
}

/** Renders both workflows, keeps what people wrote into marked places, and writes those that differ. */
export async function generateWorkflows(
  world: World,
  { dryRun, force }: GenerateFlags,
): Promise<readonly GeneratedWorkflow[]> {
  const opened = await openPipelines(world);
  const top = await repositoryTop(opened.fleet);
  const workflows = await renderAll(opened, top.folder, { tree: world.tree(top.path), force });
  for (const { path, text, diff } of workflows)
    if (diff !== "" && !dryRun) await world.writeFile(join(top.path, path), text);
  return workflows;
}

/** A workflow may be a megabyte at most, as any file that a person edits. */
const SIZE_LIMIT = 1024 * 1024;

export interface RenderOptions {
  /** Of the whole repository. */
  readonly tree: WorkingTree;
  readonly force: boolean;
}

/** What the workflows would be, beside what they are. Throws CI_REGISTRY, CI_FOREIGN, and PipelineError. */
export async function renderAll(
  opened: OpenPipelines,
  folder: string,
  { tree, force }: RenderOptions,
): Promise<readonly GeneratedWorkflow[]> {
  requireSharedRegistry(opened);
  const { inputs, pipelines, fleet } = opened;
  const { settings, registry } = inputs;
  const target = { settings, registry, folder, blueprint: basename(fleet.blueprint.file) };
  return Promise.all(
    pipelines.map(async (pipeline): Promise<GeneratedWorkflow> => {
      const path = workflowFile(pipeline.name);
      const bytes = await tree.read(path, SIZE_LIMIT);
      const before = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
      if (before !== undefined && !before.includes(GENERATED_BY) && !force) throw foreign(path);
      const kept = before === undefined ? [] : readKept(before, path);
      const text = renderWorkflow(pipeline, target, kept);
      if (kept.some(({ lines }) => lines.length > 0)) requireReadable(text, path);
      return { path, text, before, diff: lineDiff(path, before ?? "", text) };
    }),
  );
}

function foreign(path: string): FlowError {
  return new FlowError("CI_FOREIGN", `${path} is there, and was not generated`, {
    hint: "`lapstrake ci check` judges it; move it away, or let it be replaced with --force",
    at: { file: path, line: 1, column: 1 },
  });
}

/** What people wrote must not break what was generated around it. */
function requireReadable(text: string, path: string): void {
  const problem = readSource(text, path).problems.find(({ code }) => code !== "BLUEPRINT_VALUE");
  if (problem === undefined) return;
  throw new PipelineError("KEEP_YAML", `with its kept parts it would be no YAML: ${problem.message}`, {
    at: problem.at,
    hint: "the line is that of the generated file; `lapstrake ci generate github --dry-run` shows it once the part is mended",
  });
}
