import type { Finding } from "../../../base/finding.ts";
import { actionOf, allSteps, type Workflow } from "../workflow.ts";

const SHA = /^[0-9a-f]{40}$/;
const VERSION = /^v?\d/;

/**
 * An action is a program of somebody else with the rights of the job. A tag or a branch is moved by whoever holds its
 * repository: of a scanner's action, 76 of 77 tags were moved to malware in March 2026.
 */
export function actionsPinned(workflow: Workflow): readonly Finding[] {
  const steps = allSteps(workflow).flatMap(({ action, path }) =>
    action === undefined ? [] : unpinned(action, workflow, [...path, "uses"]),
  );
  // A job may be a whole workflow of another repository.
  const jobs = workflow.jobs.flatMap(({ value, path }) => {
    const { uses } = value;
    return typeof uses === "string" ? unpinned(actionOf(uses), workflow, [...path, "uses"]) : [];
  });
  return [...steps, ...jobs];
}

function unpinned(
  { name, ref }: { readonly name: string; readonly ref: string },
  workflow: Workflow,
  path: readonly (string | number)[],
): readonly Finding[] {
  // A part of this repository is as it was checked out; of an image the digest follows the @.
  if (name.startsWith("./") || SHA.test(ref)) return [];
  if (name.startsWith("docker://") && /^sha256:[0-9a-f]{64}$/.test(ref)) return [];
  return [
    {
      rule: "action-unpinned",
      level: "error",
      message: `${name} is taken ${wayOf(name, ref)}`,
      at: workflow.at(path),
      hint: "name the full commit of a release, and its version in a comment: OWNER/NAME@0123… # v1.2.3",
    },
  ];
}

function wayOf(name: string, ref: string): string {
  if (name.startsWith("docker://")) return "by a tag, which may be moved";
  if (ref === "") return "at whatever stands there";
  if (/^[0-9a-f]{7,39}$/.test(ref)) return `by the short commit ${ref}, which others can be made to share`;
  return VERSION.test(ref)
    ? `by the tag ${ref}, which may be moved`
    : `from the branch ${ref}: each run may run another program`;
}
