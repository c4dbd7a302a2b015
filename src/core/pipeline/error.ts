import { LapstrakeError } from "../base/error.ts";

/** `KEEP_MARKS`: the marks of kept parts do not pair. `KEEP_LOST`: a kept part has no place in what is generated. `KEEP_YAML`: one breaks it. */
export type PipelineErrorCode = "KEEP_MARKS" | "KEEP_LOST" | "KEEP_YAML" | "JOB_UNKNOWN";

/** A workflow that is there, or a job that was asked for, does not fit the pipeline. */
export class PipelineError extends LapstrakeError<PipelineErrorCode> {
  readonly exit = 2;
}
