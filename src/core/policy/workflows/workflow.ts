import type { SourcePosition } from "../../base/error.ts";
import { lookUp, type Path } from "../../blueprint/positions.ts";
import type { Source } from "../../blueprint/source.ts";
import { listOf, mapOf, type Untyped } from "../../blueprint/untyped.ts";

/** One workflow of GitHub Actions as it is written; nothing of its shape is taken for granted. */
export interface Workflow {
  readonly file: string;
  readonly lines: readonly string[];
  readonly root: Untyped;
  readonly jobs: readonly WorkflowJob[];
  /** Where the value stands; of one that is not written, the nearest thing around it. */
  at(path: Path): SourcePosition;
}

export interface WorkflowJob {
  readonly id: string;
  readonly path: Path;
  readonly value: Untyped;
  readonly needs: readonly string[];
  readonly steps: readonly WorkflowStep[];
}

export interface WorkflowStep {
  readonly job: string;
  readonly path: Path;
  readonly value: Untyped;
  /** `owner/name` and what follows the @, where it uses an action. */
  readonly action: { readonly name: string; readonly ref: string } | undefined;
  readonly inputs: Untyped;
  readonly run: string | undefined;
}

export interface WorkflowText {
  /** From the top of the repository. */
  readonly file: string;
  readonly text: string;
}

/** What of the repository a workflow is held against. */
export interface WorkflowFacts {
  /** Whether the repository has a file at this path, from its top. */
  hasFile(path: string): boolean;
  /** The tag scheme of the fleet, and the tags that may be moved. */
  readonly scheme: string;
  readonly channels: readonly string[];
}

export function workflowOf(source: Source, text: string): Workflow {
  const root = mapOf(source.value);
  const jobs = Object.entries(mapOf(root["jobs"])).map(([id, value]) => jobOf(id, mapOf(value)));
  const { file, positions } = source;
  return { file, lines: text.split("\n"), root, jobs, at: (path) => lookUp(file, positions, path) };
}

function jobOf(id: string, value: Untyped): WorkflowJob {
  const path = ["jobs", id];
  const { needs } = value;
  return {
    id,
    path,
    value,
    needs: (typeof needs === "string" ? [needs] : listOf(needs)).filter((name) => typeof name === "string"),
    steps: listOf(value["steps"]).map((step, index) => stepOf(id, [...path, "steps", index], mapOf(step))),
  };
}

function stepOf(job: string, path: Path, value: Untyped): WorkflowStep {
  const { uses, run } = value;
  return {
    job,
    path,
    value,
    action: typeof uses === "string" ? actionOf(uses) : undefined,
    inputs: mapOf(value["with"]),
    run: typeof run === "string" ? run : undefined,
  };
}

export function actionOf(uses: string): NonNullable<WorkflowStep["action"]> {
  const at = uses.lastIndexOf("@");
  return at < 0 ? { name: uses, ref: "" } : { name: uses.slice(0, at), ref: uses.slice(at + 1) };
}

/** All steps, with the path of each. */
export function allSteps({ jobs }: Workflow): readonly WorkflowStep[] {
  return jobs.flatMap(({ steps }) => steps);
}

/** The text of an input, or undefined where it is none. */
export function inputText({ inputs }: WorkflowStep, name: string): string | undefined {
  const value = inputs[name];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** What an expression stands for is not known before the run. */
export function isKnown(text: string): boolean {
  return !text.includes("${{");
}
