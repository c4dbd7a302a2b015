import type { BuildEvent, DockerfileLine } from "../../core/base/build-event.ts";
import type { EpochSeconds } from "../../core/base/clock.ts";
import type { Digest } from "../../core/base/digest.ts";

/** One image to build and push. Paths are absolute; nothing in it is a secret's value. */
export interface BuildRequest {
  /** The image's name in the fleet: events carry it. */
  readonly image: string;
  readonly dockerfile: string;
  readonly context: string;
  /** The stage; the last one where it is left out. */
  readonly target?: string;
  /** `linux/amd64` and the like; empty means the engine's own. */
  readonly platforms: readonly string[];
  readonly args: Readonly<Record<string, string>>;
  /** Named contexts: `docker-image://REF@DIGEST` or an absolute path, by the name that the Dockerfile uses. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly secrets: readonly BuildSecret[];
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the image manifest (of each platform's). */
  readonly annotations: Readonly<Record<string, string>>;
  /** SOURCE_DATE_EPOCH: must not be before the parent's, or some BuildKits rewrite the parent's layers. */
  readonly epoch: EpochSeconds;
  /** Full reference with a tag: where the image is pushed. */
  readonly name: string;
  readonly compression: "gzip" | "zstd";
  /** As buildx takes them: `type=registry,ref=…`. */
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly noCache: boolean;
}

/** Where BuildKit reads a secret from: a variable of our environment by name, or a file. */
export interface BuildSecret {
  readonly id: string;
  readonly source: { readonly env: string } | { readonly file: string };
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: BuildEvent) => void;
}

/**
 * - `step-failed`: an instruction ran and failed (the usual RUN).
 * - `dockerfile`: the Dockerfile cannot be read or asks for what the frontend does not know.
 * - `context-missing`: a path that COPY, ADD or a bind mount names is not in the context.
 * - `source-missing`: a base image or frontend image cannot be resolved.
 * - `secret-missing`: a secret's file or variable is not there.
 * - `push-failed`: built, but the registry did not take it. Nothing stands under the name.
 * - `disk-full`: the engine, or the step, had no space left.
 * - `engine-lost`: the engine went away while it built.
 * - `killed`: buildx itself was ended by a signal that was not ours: for want of memory, or by somebody.
 * - `not-started`: the build never began: no buildx, no engine.
 * - `unsupported`: this engine lacks something that the request needs.
 * - `cancelled`: our own signal ended it.
 * - `unknown`: none of these could be proven; the message is the builder's last line.
 */
export type BuildFailureReason =
  | "step-failed"
  | "dockerfile"
  | "context-missing"
  | "source-missing"
  | "secret-missing"
  | "push-failed"
  | "disk-full"
  | "engine-lost"
  | "killed"
  | "not-started"
  | "unsupported"
  | "cancelled"
  | "unknown";

export interface BuildStepCount {
  /** Instructions of the Dockerfile that this build needed (FROM lines are not counted). */
  readonly total: number;
  readonly cached: number;
}

export interface BuildWarning {
  readonly message: string;
  readonly line?: number;
  readonly url?: string;
}

export interface BuildSuccess {
  readonly ok: true;
  /** Of the manifest that was pushed (of the index where there are several platforms). */
  readonly digest: Digest;
  readonly durationMs: number;
  readonly steps: BuildStepCount;
  readonly warnings: readonly BuildWarning[];
}

export interface BuildFailure {
  readonly ok: false;
  readonly reason: BuildFailureReason;
  /** One line. */
  readonly message: string;
  readonly dockerfileLine?: DockerfileLine;
  readonly step?: string;
  /** The last lines of the failing step's output; else of the builder's own. */
  readonly logTail: readonly string[];
  readonly durationMs: number;
  readonly exitCode: number | undefined;
}

export type BuildResult = BuildSuccess | BuildFailure;

/** Makes an image and pushes it under the request's name. A failed build is a value, never an exception. */
export interface Builder {
  build(request: BuildRequest, options?: BuildOptions): Promise<BuildResult>;
}
