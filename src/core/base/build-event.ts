import type { Digest } from "./digest.ts";

/**
 * What a step of a build is for: `load` reads inputs (Dockerfile, context, base images, caches), `run` is an
 * instruction of the Dockerfile, `export` makes, compresses and pushes the image, `cache` writes a build cache.
 */
export type BuildStepKind = "load" | "run" | "export" | "cache";

/** A step of one image's build. `id` is the builder's own name for it (a vertex digest), unique in that build. */
interface StepOf {
  readonly image: string;
  readonly id: string;
  /** As the builder names it: `[stage-1 2/4] RUN make`. */
  readonly step: string;
}

/** What a builder tells while it makes one image. Milliseconds and bytes. */
export type BuildEvent =
  | (StepOf & { readonly type: "step-started"; readonly kind: BuildStepKind })
  | (StepOf & { readonly type: "step-done"; readonly cached: boolean; readonly ms: number })
  | (StepOf & { readonly type: "step-failed"; readonly message: string; readonly ms: number })
  /** One line of output, without its end; long lines are cut. */
  | (StepOf & { readonly type: "log"; readonly stream: "stdout" | "stderr"; readonly line: string })
  /** Bytes moved for `what` (a layer's digest, a context); `total` is 0 where the builder does not know it. */
  | (StepOf & {
      readonly type: "transfer";
      readonly what: string;
      readonly current: number;
      readonly total: number;
    })
  /** A finding of the builder about the Dockerfile; `line` counts from 1. */
  | {
      readonly type: "warning";
      readonly image: string;
      readonly message: string;
      readonly line?: number;
      readonly url?: string;
    };

/** An image of a run as a tree shows it. `level` is 0 for images whose parent is outside the run. */
export interface RunImage {
  readonly name: string;
  readonly parent: string | undefined;
  readonly level: number;
}

/** Why an image failed, with all that a person needs to see once at the end. */
export interface ImageFailure {
  /** A stable word: a builder's reason, or one of the flow's own. */
  readonly reason: string;
  /** One line. */
  readonly message: string;
  readonly step?: string;
  readonly dockerfileLine?: DockerfileLine;
  /** The last lines that the failing step wrote. */
  readonly logTail: readonly string[];
}

/** A place in a Dockerfile: the path as people know it (where known), line from 1, and the line's text. */
export interface DockerfileLine {
  readonly file?: string;
  readonly line: number;
  readonly text: string;
}

/** What a run tells about its images, above the steps of each build. */
export type RunEvent =
  | { readonly type: "run-started"; readonly images: readonly RunImage[] }
  | { readonly type: "image-queued"; readonly image: string; readonly why?: string }
  | { readonly type: "image-started"; readonly image: string }
  /** Its content name was in the registry already. */
  | { readonly type: "image-reused"; readonly image: string; readonly digest: Digest }
  | {
      readonly type: "image-built";
      readonly image: string;
      readonly digest: Digest;
      readonly ms: number;
      readonly bytes?: number;
    }
  /** Not tried, since `by` failed, was cancelled, or is blocked itself. */
  | { readonly type: "image-blocked"; readonly image: string; readonly by: string }
  /** Not tried, since something outside the fleet is lacking (a root that cannot be had here). */
  | { readonly type: "image-unavailable"; readonly image: string; readonly why: string }
  | {
      readonly type: "image-failed";
      readonly image: string;
      readonly ms: number;
      readonly failure: ImageFailure;
    }
  | { readonly type: "image-cancelled"; readonly image: string }
  | { readonly type: "pushed"; readonly image: string; readonly ref: string; readonly digest: Digest }
  /** `tagged-previous`: a `-prev` tag was put on what stood before; a note tells of all of them. */
  | {
      readonly type: "tagged" | "tagged-previous";
      readonly image: string;
      readonly tag: string;
      readonly digest: Digest;
    }
  | { readonly type: "note"; readonly level: "info" | "warning"; readonly message: string }
  | { readonly type: "run-finished"; readonly ms: number };

/** What a pipeline tells of its jobs, above the runs that these start as programs of their own. Milliseconds. */
export type JobEvent =
  | { readonly type: "job-started"; readonly job: string; readonly title: string }
  | { readonly type: "job-ended"; readonly job: string; readonly how: string; readonly ms: number };

/** The one stream that a terminal, a log and a page render. */
export type ProgressEvent = RunEvent | BuildEvent | JobEvent;
