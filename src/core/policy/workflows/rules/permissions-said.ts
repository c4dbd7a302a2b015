import type { Finding } from "../../../base/finding.ts";
import type { Workflow, WorkflowJob } from "../workflow.ts";

type Said = Pick<WorkflowJob, "value" | "path"> & { readonly what: string };

/** Without `permissions` a job may do what the repository's settings say, which may be everything. */
export function permissionsSaid(workflow: Workflow): readonly Finding[] {
  const { root, jobs, at } = workflow;
  const all: readonly Said[] = [
    { value: root, path: [], what: "the workflow" },
    ...jobs.map(({ id, value, path }) => ({ value, path, what: `the job ${id}` })),
  ];
  const wide = all.flatMap(({ value, path, what }): Finding[] =>
    value["permissions"] === "write-all"
      ? [{ ...FINDING, message: `${what} may write everything`, at: at([...path, "permissions"]) }]
      : [],
  );
  if (root["permissions"] !== undefined) return wide;
  const silent = jobs.filter(({ value }) => value["permissions"] === undefined);
  return [
    ...wide,
    ...silent.map(
      ({ id, path }): Finding => ({
        ...FINDING,
        message: `the job ${id} does not say what it may do`,
        at: at(path),
      }),
    ),
  ];
}

const FINDING = {
  rule: "permissions-missing",
  level: "error",
  hint: "say `permissions: {}` at the top, and in each job the least that it needs, such as `contents: read`",
} as const;
