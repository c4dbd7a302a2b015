import type { Tier } from "../../core/blueprint/blueprint.ts";
import { chooseJobs } from "../../core/pipeline/choose-jobs.ts";
import type { CommandStep, Job, MatrixEntry } from "../../core/pipeline/pipeline.ts";
import {
  exitOfRun,
  type JobRun,
  type LegRun,
  type PipelineRun,
  type StepRun,
} from "../../core/pipeline/run.ts";
import { stateOf } from "../survey-fleet.ts";
import type { World } from "../world.ts";
import { openPipelines } from "./open-pipelines.ts";
import { type Leg, type RunContext, runStep } from "./run-step.ts";

export interface RunFlags {
  /** A pipeline or a job; undefined: the build. */
  readonly name: string | undefined;
  readonly tier: Tier | undefined;
}

/**
 * Does what a server would do: job after job, and of each matrix one entry after the other, since runs of one fleet on one
 * machine hold one lock. Each step is a program of its own. What stands already is left out by the plan, so a run that is
 * begun anew goes on. The first Ctrl-C lets the running step end, the second ends it.
 */
export async function runPipeline(world: World, { name, tier }: RunFlags): Promise<PipelineRun> {
  const { fleet, pipelines } = await openPipelines(world, tier);
  const { pipeline, jobs } = chooseJobs(pipelines, name);
  const state = await stateOf(world, fleet);
  const context: RunContext = { world, fleet, folder: await state.pipelineFolder(), outputs: new Map() };
  const done = new Map<string, JobRun>();
  for (const job of jobs) done.set(job.id, await runJob(context, job, done));
  const runs = [...done.values()];
  return {
    version: 1,
    pipeline: pipeline.name,
    fleet: pipeline.fleet,
    folder: context.folder,
    jobs: runs,
    exit: exitOfRun(runs),
  };
}

async function runJob(context: RunContext, job: Job, done: ReadonlyMap<string, JobRun>): Promise<JobRun> {
  const { world } = context;
  const { id, kind, title, needs } = job;
  const told = { id, kind, title, needs };
  const held = whyNot(context, job, done);
  if (held !== undefined) return { ...told, ...held, legs: [] };
  world.onEvent({ type: "job-started", job: id, title });
  const started = world.clock();
  const legs: LegRun[] = [];
  const keepsFailures = job.steps.some((step) => step.kind === "keep" && step.always === true);
  // A failure of one image does not keep the others of its wave.
  for (const entry of entriesOf(context, job))
    legs.push(await runLeg(context, job, { job: id, keepsFailures, entry }));
  const state = worst(legs);
  world.onEvent({ type: "job-ended", job: id, how: state, ms: world.clock() - started });
  return { ...told, state, legs };
}

const WELL: ReadonlySet<JobRun["state"]> = new Set(["done", "not-needed", "not-here"]);

/** Why a job is not done now; undefined where it is. */
function whyNot(
  { world, outputs }: RunContext,
  { needs, starts, login }: Job,
  done: ReadonlyMap<string, JobRun>,
): Pick<JobRun, "state" | "why"> | undefined {
  if (world.drain.aborted) return { state: "cancelled" };
  if (login === "host") return { state: "not-here", why: "it speaks to the server" };
  const bad = needs.filter((need) => !WELL.has(done.get(need)?.state ?? "done"));
  if (bad.length > 0 && !starts.some(({ kind }) => kind === "whatever-happened")) {
    // A job needs all that stands above it: what went wrong itself is among them, and says enough.
    const causes = bad.filter((need) => done.get(need)?.state !== "blocked");
    return { state: "blocked", why: `by ${(causes.length === 0 ? bad : causes).join(", ")}` };
  }
  for (const start of starts) {
    if (start.kind !== "output-is-not") continue;
    if (outputs.get(`${start.job}.${start.output}`) === start.text)
      return { state: "not-needed", why: "the registry holds all of it" };
  }
  return undefined;
}

/** What the plan left of a matrix. It is our own answer, and names nothing but what the pipeline has. */
function entriesOf({ outputs }: RunContext, { matrix }: Job): readonly (MatrixEntry | undefined)[] {
  if (matrix === undefined) return [undefined];
  const left: unknown = JSON.parse(outputs.get(`${matrix.job}.${matrix.output}`) ?? "[]");
  const images = new Set(
    (Array.isArray(left) ? left : []).map((entry: unknown) => (Object(entry) as Partial<MatrixEntry>).image),
  );
  return matrix.entries.filter(({ image }) => images.has(image));
}

async function runLeg(context: RunContext, { steps }: Job, leg: Leg): Promise<LegRun> {
  const { world } = context;
  const name = leg.entry === undefined ? {} : { name: leg.entry.image };
  const runs: StepRun[] = [];
  const started = world.clock();
  if (world.drain.aborted) return { ...name, state: "cancelled", ms: 0, steps: [] };
  for (const step of steps.filter((each): each is CommandStep => each.kind === "command")) {
    const isOver = runs.some(({ state }) => state === "failed" || state === "cancelled");
    if (world.drain.aborted || (isOver && step.always !== true)) continue;
    runs.push(await runStep(context, leg, step));
  }
  const isCut = world.drain.aborted && runs.length < steps.filter(({ kind }) => kind === "command").length;
  const state = runs.some((run) => run.state === "cancelled") || isCut ? "cancelled" : worst(runs);
  return { ...name, state, ms: world.clock() - started, steps: runs };
}

function worst(parts: readonly { readonly state: string }[]): "done" | "failed" | "cancelled" {
  if (parts.some(({ state }) => state === "cancelled")) return "cancelled";
  return parts.some(({ state }) => state === "failed") ? "failed" : "done";
}
