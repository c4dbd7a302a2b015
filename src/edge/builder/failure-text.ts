import type { BuildFailureReason } from "./port.ts";

/**
 * The one place where words of an engine decide. BuildKit sends a failed step's error as text only, so where the kind
 * of the step does not settle the reason, these do. Each was taken from a real engine (28.5.2, buildx 0.29.1), whose
 * recorded output is the test of it; an engine that words it otherwise gives the general reason of the step instead.
 */
export interface TextRule {
  readonly reason: BuildFailureReason;
  readonly pattern: RegExp;
}

/** Of a step's error. */
export const STEP_ERRORS: readonly TextRule[] = [
  // The gRPC status of a lost connection, written by grpc-go.
  { reason: "engine-lost", pattern: /code = Unavailable/ },
  { reason: "disk-full", pattern: /no space left on device/i },
  { reason: "secret-missing", pattern: /^secret \S+: not found$/ },
  { reason: "context-missing", pattern: /failed to calculate checksum of ref .*: not found$/ },
  { reason: "unsupported", pattern: /exporter option "[^"]+" conflicts with "[^"]+"/ },
];

/** Of the last line of buildx, where no step failed. */
export const FINAL_ERRORS: readonly TextRule[] = [
  { reason: "engine-lost", pattern: /code = Unavailable/ },
  { reason: "disk-full", pattern: /no space left on device/i },
  { reason: "unsupported", pattern: /^unknown flag: / },
  { reason: "not-started", pattern: /Cannot connect to the Docker daemon/ },
];

/** strerror(ENOSPC): what the programs of a failing step write when the disk is full. */
export const LOG_DISK_FULL = /No space left on device/;

/** The error of a step that was stopped since another failed, or since the build was cancelled. */
export const STOPPED = /context canceled$/;

export function reasonOfText(text: string, rules: readonly TextRule[]): BuildFailureReason | undefined {
  return rules.find((rule) => rule.pattern.test(text))?.reason;
}
