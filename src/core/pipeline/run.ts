import type { ExitCode } from "../base/error.ts";
import type { JobKind, PipelineName } from "./pipeline.ts";

/** How a pipeline went on this machine. */
export interface PipelineRun {
  readonly version: 1;
  readonly pipeline: PipelineName;
  readonly fleet: string;
  /** Where the files of the run lie. */
  readonly folder: string;
  readonly jobs: readonly JobRun[];
  readonly exit: ExitCode;
}

export type JobState =
  | "done"
  /** It has nothing to do: the registry holds it all. */
  | "not-needed"
  /** It is the server's own work. */
  | "not-here"
  | "failed"
  /** What it needs did not go well. */
  | "blocked"
  | "cancelled";

export interface JobRun {
  readonly id: string;
  readonly kind: JobKind;
  readonly title: string;
  readonly needs: readonly string[];
  readonly state: JobState;
  /** Why it was not done. */
  readonly why?: string;
  readonly legs: readonly LegRun[];
}

/** A job, or one entry of its matrix. Milliseconds. */
export interface LegRun {
  /** The image; undefined where the job has no matrix. */
  readonly name?: string;
  readonly state: "done" | "failed" | "cancelled";
  readonly ms: number;
  readonly steps: readonly StepRun[];
}

export interface StepRun {
  readonly title: string;
  readonly argv: readonly string[];
  readonly state: "done" | "failed" | "cancelled" | "skipped";
  /** Why it was skipped, or could not be started. */
  readonly why?: string;
  readonly exit?: number;
  readonly ms: number;
  /** The end of what it said, where it failed. */
  readonly tail?: readonly string[];
}

/** Jobs whose finding is a denial; of a build it is an image that failed. */
const JUDGES: ReadonlySet<JobKind> = new Set(["plan", "gates", "release", "rescan", "prune"]);

/**
 * The exit code of a run: cancelled; a bug and wrong usage before anything else; a denial; then, where something of it was
 * done, that the rest can be resumed; else what the first failure said.
 */
export function exitOfRun(jobs: readonly JobRun[]): ExitCode {
  const legs = jobs.flatMap(({ kind, legs }) => legs.map((leg) => ({ kind, leg })));
  if (jobs.some(({ state }) => state === "cancelled")) return 130;
  const failures = legs.flatMap(({ kind, leg }) =>
    leg.state === "failed" ? [{ kind, exit: leg.steps.find(({ state }) => state === "failed")?.exit }] : [],
  );
  if (failures.length === 0) return 0;
  for (const worst of [70, 2] as const) if (failures.some(({ exit }) => exit === worst)) return worst;
  if (failures.some(({ kind, exit }) => JUDGES.has(kind) && exit === 1)) return 1;
  if (legs.some(({ kind, leg }) => kind !== "plan" && leg.state === "done")) return 4;
  const [first] = failures;
  return first?.exit === 3 || first?.exit === 4 ? first.exit : 1;
}
