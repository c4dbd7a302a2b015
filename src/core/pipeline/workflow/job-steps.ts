import { GHCR } from "../job-parts.ts";
import type { CommandStep, Job, KeepStep, Step, TakeStep } from "../pipeline.ts";
import { fileExpression, nameExpression } from "./expression.ts";
import { runFolder } from "./setup-steps.ts";
import { shellStep, summaryStep } from "./shell.ts";
import type { WorkflowTarget } from "./target.ts";
import { ALWAYS, actionStep, type YamlStep } from "./yaml-step.ts";

/** Lapstrake's own folder on a new machine. */
const STATE = "~/.local/state/lapstrake";

export interface StepsOptions {
  readonly job: Job;
  readonly target: WorkflowTarget;
  /** The id of the step whose outputs are the job's. */
  readonly outputsFrom: string;
}

/** The steps that do a job's work. */
export function jobSteps(options: StepsOptions): readonly YamlStep[] {
  return options.job.steps.map((step) => yamlStep(step, options));
}

function yamlStep(step: Step, options: StepsOptions): YamlStep {
  const condition = step.always === true ? ALWAYS : undefined;
  switch (step.kind) {
    case "command":
      return commandStep(step, options, condition);
    case "keep":
      return keepStep(step, options, condition);
    case "take":
      return takeStep(step, options);
    case "summary": {
      const { script, env } = summaryStep(step.file);
      return { name: step.title, ...conditioned(condition), run: script, ...environment(env) };
    }
    case "sarif":
      return actionStep(
        step.title,
        "uploadSarif",
        {
          sarif_file: fileExpression(runFolder(options.target), step.file),
          category: `lapstrake-${options.job.id}`,
        },
        condition,
      );
  }
}

function commandStep(step: CommandStep, options: StepsOptions, condition: string | undefined): YamlStep {
  const { script, env } = shellStep(step);
  const login = step.offline === true ? {} : loginOf(options);
  return {
    name: step.title,
    ...(step.answer === "outputs" ? { id: options.outputsFrom } : {}),
    ...conditioned(condition),
    run: script,
    ...environment({ ...env, ...login }),
  };
}

/** A login is given to single commands, never to a job: no action and no kept step sees it. */
function loginOf({ job, target }: StepsOptions): Readonly<Record<string, string>> {
  const { settings, registry } = target;
  if (job.login === undefined) return {};
  switch (job.login) {
    case "host":
      return { GH_TOKEN: "${{ github.token }}", GH_REPO: "${{ github.repository }}" };
    case "prune":
      return { GH_TOKEN: `\${{ secrets.${settings.prune.token} }}` };
    case "registry":
      if (registry.host === GHCR)
        return { GH_TOKEN: "${{ github.token }}", GH_USERNAME: "${{ github.actor }}" };
      return settings.login === undefined ? {} : { DOCKER_AUTH_CONFIG: `\${{ secrets.${settings.login} }}` };
  }
}

function keepStep(step: KeepStep, { target }: StepsOptions, condition: string | undefined): YamlStep {
  const folder = step.tree === true ? target.folder : runFolder(target);
  return actionStep(
    step.title,
    "uploadArtifact",
    {
      name: nameExpression(step.artifact),
      path: [
        ...step.files.map((file) => fileExpression(folder, file)),
        ...(step.state === undefined ? [] : [`${STATE}/${step.state}`]),
      ].join("\n"),
      "if-no-files-found": step.always === true ? "warn" : "error",
      // A run may be begun anew where it failed.
      overwrite: true,
      ...(step.days === undefined ? {} : { "retention-days": step.days }),
    },
    condition,
  );
}

function takeStep({ title, artifact, all, into }: TakeStep, { target }: StepsOptions): YamlStep {
  const path = into === undefined ? target.folder || "." : fileExpression(runFolder(target), [into]);
  return actionStep(
    title,
    "downloadArtifact",
    all === true ? { pattern: `${artifact}*`, path, "merge-multiple": true } : { name: artifact, path },
  );
}

function conditioned(condition: string | undefined): Pick<YamlStep, "if"> {
  return condition === undefined ? {} : { if: condition };
}

function environment(env: Readonly<Record<string, string>>): Pick<YamlStep, "env"> {
  return Object.keys(env).length === 0 ? {} : { env };
}
