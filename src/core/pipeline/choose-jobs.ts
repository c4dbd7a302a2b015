import { suggest } from "../base/suggest.ts";
import { PipelineError } from "./error.ts";
import type { Job, Pipeline } from "./pipeline.ts";

export interface ChosenJobs {
  readonly pipeline: Pipeline;
  /** In an order in which each stands after what it needs. */
  readonly jobs: readonly Job[];
}

/**
 * A whole pipeline by its name, or one job with all that it needs; without a name the first pipeline. Throws PipelineError
 * JOB_UNKNOWN with what was meant.
 */
export function chooseJobs(
  pipelines: readonly [Pipeline, ...Pipeline[]],
  name: string | undefined,
): ChosenJobs {
  const whole = name === undefined ? pipelines[0] : pipelines.find((pipeline) => pipeline.name === name);
  if (whole !== undefined) return { pipeline: whole, jobs: whole.jobs };
  for (const pipeline of pipelines) {
    if (!pipeline.jobs.some(({ id }) => id === name)) continue;
    const wanted = new Set([name]);
    for (const job of pipeline.jobs.toReversed())
      if (wanted.has(job.id)) for (const need of job.needs) wanted.add(need);
    return { pipeline, jobs: pipeline.jobs.filter(({ id }) => wanted.has(id)) };
  }
  const names = pipelines.flatMap((pipeline) => [pipeline.name, ...pipeline.jobs.map(({ id }) => id)]);
  const like = suggest(name ?? "", names);
  throw new PipelineError("JOB_UNKNOWN", `there is no job "${name}"`, {
    hint: like === undefined ? `there are ${names.join(", ")}` : `did you mean ${like}?`,
  });
}

/** Jobs in the rounds in which they can be done: each stands in the round after the last of what it needs. */
export function roundsOf(jobs: readonly Job[]): readonly (readonly Job[])[] {
  const round = new Map<string, number>();
  const rounds: Job[][] = [];
  for (const job of jobs) {
    const at = Math.max(-1, ...job.needs.map((need) => round.get(need) ?? -1)) + 1;
    round.set(job.id, at);
    rounds[at] = [...(rounds[at] ?? []), job];
  }
  return rounds;
}
