import type { Finding } from "../../../base/finding.ts";
import { commandsOf, placeOf, placesOf, wordsOf } from "../run-script.ts";
import { allSteps, inputText, type Workflow, type WorkflowStep } from "../workflow.ts";

const RULE = "exit-code-ignored";
/** What makes or judges an image: a failure of one of these is what the workflow is for. */
const MATTERS = /\b(?:docker|buildx|podman|buildah|skopeo|crane|trivy|grype|syft|scout|cosign|lapstrake)\b/;

/** A step that cannot fail proves nothing. */
export function exitCodes(workflow: Workflow): readonly Finding[] {
  const jobs = workflow.jobs.flatMap(({ id, value, path }) =>
    value["continue-on-error"] === true ? [goesOn(workflow, `the job ${id}`, path)] : [],
  );
  return [
    ...jobs,
    ...allSteps(workflow).flatMap((step) => [
      ...(step.value["continue-on-error"] === true ? [goesOn(workflow, nameOf(step), step.path)] : []),
      ...swallowed(workflow, step),
      ...scanners(workflow, step),
    ]),
  ];
}

function goesOn(workflow: Workflow, what: string, path: readonly (string | number)[]): Finding {
  return {
    rule: RULE,
    level: "error",
    message: `${what} may fail, and the run is green all the same`,
    at: workflow.at([...path, "continue-on-error"]),
    hint: "take continue-on-error out; what may fail is a finding with a waiver that ends",
  };
}

function nameOf({ value, action, job }: WorkflowStep): string {
  const { name } = value;
  if (typeof name === "string") return `the step "${name.slice(0, 100)}"`;
  return action === undefined ? `a step of ${job}` : `the step with ${action.name}`;
}

/** `|| true` and its like. */
function swallowed(workflow: Workflow, step: WorkflowStep): readonly Finding[] {
  const { run } = step;
  if (run === undefined) return [];
  const placeIn = placesOf(workflow, step, run);
  return [...run.matchAll(/\|\|[ \t]{0,20}(?:true|:|exit 0|echo\b)/g)].map(({ 0: found, index }): Finding => {
    const matters = MATTERS.test(statementBefore(run, index));
    return {
      rule: RULE,
      level: matters ? "error" : "warning",
      message: `\`${found.replaceAll(/\s+/g, " ")}\` hides the failure of what stands before it`,
      at: placeIn(index),
      hint: "let it fail, or say which exit code is meant and why",
    };
  });
}

const LONGEST_STATEMENT = 500;

function statementBefore(script: string, end: number): string {
  const before = script.slice(Math.max(0, end - LONGEST_STATEMENT), end).replaceAll("\\\n", " ");
  return before.slice(before.lastIndexOf("\n") + 1);
}

/** Scanners that report findings with exit code 0 unless they are told otherwise. */
function scanners(workflow: Workflow, step: WorkflowStep): readonly Finding[] {
  return [...trivyAction(workflow, step), ...scannerCommands(workflow, step)];
}

function trivyAction(workflow: Workflow, step: WorkflowStep): readonly Finding[] {
  if (step.action?.name !== "aquasecurity/trivy-action") return [];
  const code = inputText(step, "exit-code");
  if (code !== undefined && code !== "0") return [];
  const at = workflow.at([...step.path, ...(code === undefined ? ["uses"] : ["with", "exit-code"])]);
  return [green(at, code === undefined ? "Trivy is not told an exit code" : "Trivy is told to exit with 0")];
}

function scannerCommands(workflow: Workflow, step: WorkflowStep): readonly Finding[] {
  const fallback = workflow.at(step.path);
  return commandsOf(workflow, step).flatMap((command): Finding[] => {
    const words = wordsOf(command);
    const at = placeOf(command, fallback);
    const has = (flag: string): boolean => words.some((word) => word === flag || word.startsWith(`${flag}=`));
    if (words[0] === "trivy" && words.some((word) => SCANS.has(word))) {
      const index = words.indexOf("--exit-code");
      const isZero = words[index + 1] === "0" || words.includes("--exit-code=0");
      if (!has("--exit-code") || isZero) return [green(at, "Trivy is not told a failing exit code")];
    }
    if (words[0] === "grype" && words.length > 1 && !has("--fail-on") && !has("-f"))
      return [green(at, "Grype is not told what to fail on")];
    return [];
  });
}

const SCANS: ReadonlySet<string> = new Set(["image", "i", "fs", "rootfs", "sbom"]);

function green(at: Finding["at"], what: string): Finding {
  return {
    rule: RULE,
    level: "error",
    message: `${what}: it exits with 0 whatever it finds`,
    ...(at === undefined ? {} : { at }),
    hint: "let it fail: exit-code of Trivy, --fail-on of Grype; or `lapstrake scan`, which has no such switch",
  };
}
