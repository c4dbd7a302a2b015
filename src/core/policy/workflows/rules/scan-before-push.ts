import type { Finding } from "../../../base/finding.ts";
import { buildCommandOf } from "../../guide/build-commands.ts";
import { commandsOf, wordsOf } from "../run-script.ts";
import { inputText, type Workflow, type WorkflowJob, type WorkflowStep } from "../workflow.ts";

const DOCUMENT = { title: "", level: 0, parent: undefined } as const;
const SCAN_ACTIONS =
  /^(?:aquasecurity\/trivy-action|anchore\/scan-action|docker\/scout-action|snyk\/actions\b.*)$/;
const SCANNERS: ReadonlySet<string> = new Set(["trivy", "grype", "snyk"]);

/** A scan of what has its tag already: whoever pulls meanwhile has it. */
export function scanBeforePush(workflow: Workflow): readonly Finding[] {
  const pushing = new Map<string, WorkflowStep>();
  return workflow.jobs.flatMap((job) => {
    const earlier = job.needs.flatMap((name) => pushing.get(name) ?? []);
    let pushed: WorkflowStep | undefined = earlier[0];
    const late = job.steps.flatMap((step): WorkflowStep[] => {
      if (pushed === undefined && pushes(workflow, step)) pushed = step;
      else if (pushed !== undefined && scans(workflow, step)) return [step];
      return [];
    });
    if (pushed !== undefined) pushing.set(job.id, pushed);
    return late.map((step) => lateScan(workflow, { job, step, pushed: pushed ?? step }));
  });
}

function lateScan(
  { at }: Workflow,
  {
    job,
    step,
    pushed,
  }: { readonly job: WorkflowJob; readonly step: WorkflowStep; readonly pushed: WorkflowStep },
): Finding {
  const place = at(pushed.path);
  return {
    rule: "scan-after-push",
    level: "error",
    message: `the job ${job.id} scans what line ${place.line} has pushed under its tag already`,
    at: at(step.path),
    hint: "push under a name that nobody pulls, scan that digest, and tag it then: `lapstrake release` does so",
  };
}

function pushes(workflow: Workflow, step: WorkflowStep): boolean {
  if (step.action?.name === "docker/build-push-action") {
    const push = inputText(step, "push");
    // An expression may come true.
    return push !== undefined && push !== "false";
  }
  return commandsOf(workflow, step).some((command) => {
    const words = wordsOf(command);
    if (["docker", "podman"].includes(words[0] ?? "") && words[1] === "push") return true;
    return buildCommandOf(command, DOCUMENT) !== undefined && words.includes("--push");
  });
}

function scans(workflow: Workflow, step: WorkflowStep): boolean {
  if (step.action !== undefined && SCAN_ACTIONS.test(step.action.name)) return true;
  return commandsOf(workflow, step).some((command) => {
    const [program = "", verb = ""] = wordsOf(command);
    return SCANNERS.has(program) || (program === "docker" && verb === "scout");
  });
}
