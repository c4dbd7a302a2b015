import type { ProgressEvent } from "../../core/base/build-event.ts";
import { shortDigest } from "../../core/base/digest.ts";
import { fit, formatBytes, formatMs } from "./progress-text.ts";

/**
 * One line for each change that a person who reads a log wants to know; undefined for the rest. Without escapes.
 * `elapsed` is milliseconds since the run began.
 */
export function renderPlain(event: ProgressEvent, elapsed: number): string | undefined {
  const text = textOf(event);
  return text === undefined ? undefined : `${formatMs(elapsed).padStart(6)}  ${text}`;
}

/** The same without its time. */
export function textOf(event: ProgressEvent): string | undefined {
  switch (event.type) {
    case "run-started":
      return event.images.length === 1 ? "1 image" : `${event.images.length} images`;
    case "run-finished":
      return "finished";
    case "image-started":
      return `${event.image}: building`;
    case "image-reused":
      return `${event.image}: reused ${shortDigest(event.digest)}`;
    case "image-built": {
      const size = event.bytes === undefined ? "" : `, ${formatBytes(event.bytes)}`;
      return `${event.image}: done ${shortDigest(event.digest)} in ${formatMs(event.ms)}${size}`;
    }
    case "image-failed":
      return `${event.image}: failed: ${event.failure.message}`;
    case "image-blocked":
      return `${event.image}: blocked by ${event.by}`;
    case "image-unavailable":
      return `${event.image}: unavailable: ${event.why}`;
    case "image-cancelled":
      return `${event.image}: cancelled`;
    case "step-started":
      if (event.kind === "export") return `${event.image}: pushing`;
      return event.kind === "run" ? `${event.image}: ${oneLine(event.step)}` : undefined;
    case "warning": {
      const line = event.line === undefined ? "" : ` (line ${event.line})`;
      return `${event.image}: warning: ${event.message}${line}`;
    }
    case "tagged":
      return `${event.image}: tagged ${event.tag}`;
    case "job-started":
      return `${event.job}: ${event.title}`;
    case "job-ended":
      return `${event.job}: ${event.how} in ${formatMs(event.ms)}`;
    case "note":
      return event.level === "warning" ? `warning: ${event.message}` : event.message;
    default:
      return undefined;
  }
}

// A RUN of many lines comes as one, with the indentation of its continuations; the Dockerfile has it whole.
const STEP_COLUMNS = 160;

function oneLine(step: string): string {
  return fit(step.replaceAll(/\s+/g, " "), STEP_COLUMNS);
}
