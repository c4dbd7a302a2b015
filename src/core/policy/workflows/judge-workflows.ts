import type { Finding } from "../../base/finding.ts";
import { readWorkflow } from "./read-workflow.ts";
import { actionsPinned } from "./rules/actions-pinned.ts";
import { buildInputs } from "./rules/build-inputs.ts";
import { exitCodes } from "./rules/exit-codes.ts";
import { matrixRead } from "./rules/matrix-read.ts";
import { permissionsSaid } from "./rules/permissions-said.ts";
import { scanBeforePush } from "./rules/scan-before-push.ts";
import { scriptInjection } from "./rules/script-injection.ts";
import { secretsKept } from "./rules/secrets-kept.ts";
import { tagScheme } from "./rules/tag-scheme.ts";
import type { Workflow, WorkflowFacts, WorkflowText } from "./workflow.ts";

type Rule = (workflow: Workflow, facts: WorkflowFacts) => readonly Finding[];

const RULES: readonly Rule[] = [
  actionsPinned,
  permissionsSaid,
  scriptInjection,
  exitCodes,
  scanBeforePush,
  buildInputs,
  tagScheme,
  matrixRead,
];

/** What is wrong in workflows that are there, in the order of the files and of their lines. Never throws for a text. */
export function judgeWorkflows(files: readonly WorkflowText[], facts: WorkflowFacts): readonly Finding[] {
  return files.flatMap(({ file, text }) => {
    const { workflows, findings } = readWorkflow(text, file);
    const judged = workflows.flatMap((workflow) => RULES.flatMap((rule) => rule(workflow, facts)));
    // Of the text as a whole: a leak in a comment is one as well.
    const all = [...findings, ...secretsKept({ file, text }), ...judged];
    return all.toSorted((a, b) => lineOf(a) - lineOf(b));
  });
}

function lineOf({ at }: Finding): number {
  return at?.line ?? 0;
}
