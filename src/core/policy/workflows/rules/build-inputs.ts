import type { Finding } from "../../../base/finding.ts";
import { buildCommandOf, plainPath } from "../../guide/build-commands.ts";
import { commandsOf, wordsOf } from "../run-script.ts";
import {
  allSteps,
  inputText,
  isKnown,
  type Workflow,
  type WorkflowFacts,
  type WorkflowStep,
} from "../workflow.ts";

const DOCUMENT = { title: "", level: 0, parent: undefined } as const;

/** A build of a file that the repository does not have: the step fails in each run, or was never run. */
export function buildInputs(workflow: Workflow, facts: WorkflowFacts): readonly Finding[] {
  return allSteps(workflow).flatMap((step) => [
    ...fromAction(workflow, step, facts),
    ...fromScript(workflow, step, facts),
  ]);
}

function fromAction(workflow: Workflow, step: WorkflowStep, facts: WorkflowFacts): readonly Finding[] {
  const at = (input: string) =>
    workflow.at([...step.path, ...(step.inputs[input] === undefined ? ["uses"] : ["with", input])]);
  if (step.action?.name === "docker/build-push-action") {
    const context = inputText(step, "context") ?? ".";
    // The action's own rule: the file is of the context, unless it is named.
    const file = inputText(step, "file") ?? `${context}/Dockerfile`;
    const named = step.inputs["file"] === undefined ? "context" : "file";
    return missing({ file, at: at(named), context }, facts);
  }
  if (step.action?.name === "docker/bake-action") {
    const files = (inputText(step, "files") ?? "").split(/[\n,]/).map((file) => file.trim());
    return files.flatMap((file) =>
      file === "" ? [] : missing({ file, at: at("files"), context: "." }, facts),
    );
  }
  return [];
}

function fromScript(workflow: Workflow, step: WorkflowStep, facts: WorkflowFacts): readonly Finding[] {
  const folder = step.value["working-directory"];
  const commands = commandsOf(workflow, step);
  // Where a script goes elsewhere, its paths are not ours to follow.
  if (folder !== undefined || commands.some((command) => wordsOf(command)[0] === "cd")) return [];
  return commands.flatMap((command) => {
    const words = wordsOf(command);
    const bake = words[0] === "docker" && words[1] === "buildx" && words[2] === "bake";
    const file = bake ? words[words.findIndex((word) => word === "-f" || word === "--file") + 1] : undefined;
    const first = command.words[0];
    if (
      bake &&
      file !== undefined &&
      first !== undefined &&
      (words.includes("-f") || words.includes("--file"))
    )
      return missing({ file, at: first.at, context: "." }, facts);
    const build = buildCommandOf(command, DOCUMENT);
    if (build?.dockerfile === undefined) return [];
    return missing({ file: build.dockerfile, at: build.at, context: build.context?.text ?? "." }, facts);
  });
}

interface Used {
  readonly file: string;
  readonly context: string;
  readonly at: Finding["at"];
}

function missing({ file, context, at }: Used, facts: WorkflowFacts): readonly Finding[] {
  // Of a URL or another repository we hold nothing.
  if (!isKnown(file) || /:\/\/|^git@|[$`{]/.test(file)) return [];
  const path = plainPath(file);
  if (path.startsWith("/") || path.startsWith("..") || facts.hasFile(path)) return [];
  const isRoot = path === "Dockerfile";
  return [
    {
      rule: isRoot ? "root-dockerfile-missing" : "build-file-missing",
      level: "error",
      message: isRoot
        ? `it builds ${JSON.stringify(context)}, but the repository has no Dockerfile at its top`
        : `it builds by ${path}, which the repository does not have`,
      ...(at === undefined ? {} : { at }),
      hint: "name the Dockerfile with `file:`; `lapstrake build` knows each from the blueprint",
    },
  ];
}
