import type { ProcessRecord } from "../process/port.ts";
import { FINAL_ERRORS, LOG_DISK_FULL, reasonOfText, STEP_ERRORS, STOPPED } from "./failure-text.ts";
import type { BuildFailure, BuildFailureReason } from "./port.ts";
import type { FailedStep, ProgressSummary } from "./progress.ts";
import { readSourceBlock } from "./source-block.ts";

export interface FailedBuild {
  readonly record: Pick<ProcessRecord, "outcome" | "exitCode" | "signal" | "durationMs">;
  readonly progress: ProgressSummary;
  readonly dockerfile: string;
}

/**
 * Why a build did not succeed. First what the process record says, then which step failed and of what kind it is, and
 * only where that is not enough the words of the engine (failure-text.ts).
 */
export function decideFailure(build: FailedBuild): BuildFailure {
  const { record, progress } = build;
  const said = lastMessage(progress.messages);
  const failed = rootFailure(progress.failed, said);
  const reason = reasonOf(build, failed, said);
  const line = readSourceBlock(progress.messages);
  return {
    ok: false,
    reason,
    message: messageOf(build, reason, failed?.error ?? said),
    ...(line === undefined ? {} : { dockerfileLine: { file: build.dockerfile, ...line } }),
    ...(failed === undefined ? {} : { step: failed.name }),
    logTail: failed === undefined ? progress.messages.slice(-20) : failed.logTail,
    durationMs: record.durationMs,
    exitCode: record.exitCode,
  };
}

function reasonOf(build: FailedBuild, failed: FailedStep | undefined, said: string): BuildFailureReason {
  const { record, progress } = build;
  if (record.outcome === "cancelled" || record.outcome === "timed-out") return "cancelled";
  if (record.outcome === "not-found") return "not-started";
  if (failed !== undefined) return reasonOfStep(failed);
  const text = reasonOfText(said, FINAL_ERRORS);
  if (text !== undefined) return text;
  if (record.outcome === "killed") return "killed";
  if (!progress.begun) return "not-started";
  // The engine ends every step that it began, also when it refuses the build: it did not get to.
  if (progress.open) return "engine-lost";
  // Nothing failed but the reading of the Dockerfile itself, which has no step of its own.
  return progress.steps.total === 0 ? "dockerfile" : "unknown";
}

function reasonOfStep(step: FailedStep): BuildFailureReason {
  const text = reasonOfText(step.error, STEP_ERRORS);
  if (text !== undefined) return text;
  if (step.kind === "export") return step.pushing ? "push-failed" : "unknown";
  if (step.source === true) return "source-missing";
  if (step.definition === true) return "dockerfile";
  if (step.kind !== "run") return "unknown";
  return step.logTail.some((line) => LOG_DISK_FULL.test(line)) ? "disk-full" : "step-failed";
}

/** When one step fails, BuildKit stops its siblings, which then fail too: the first that was not stopped is meant. */
function rootFailure(failed: readonly FailedStep[], said: string): FailedStep | undefined {
  const own = failed.filter((step) => !STOPPED.test(step.error));
  return own.find((step) => said.endsWith(step.error)) ?? own[0] ?? failed[0];
}

/** What buildx says last, without the words that it puts before every error. */
function lastMessage(messages: readonly string[]): string {
  const last = messages.findLast((line) => line.startsWith("ERROR: ")) ?? messages.at(-1) ?? "";
  return last
    .replace(/^ERROR: /, "")
    .replace(/^failed to build: /, "")
    .replace(/^failed to solve: /, "");
}

function messageOf(build: FailedBuild, reason: BuildFailureReason, said: string): string {
  const { record } = build;
  if (record.outcome === "timed-out") return "the build took longer than it may";
  if (reason === "cancelled") return "cancelled";
  if (record.outcome === "not-found") return "buildx is not there";
  if (said !== "") return said;
  return record.outcome === "killed"
    ? `buildx was killed by ${record.signal ?? "a signal"}`
    : `buildx ended with exit code ${record.exitCode ?? "none"} and said nothing`;
}
