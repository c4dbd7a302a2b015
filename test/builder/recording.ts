import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildEvent } from "../../src/core/base/build-event.ts";
import { decideFailure, type FailedBuild } from "../../src/edge/builder/outcome.ts";
import type { BuildFailure } from "../../src/edge/builder/port.ts";
import { ProgressReader, type ProgressSummary } from "../../src/edge/builder/progress.ts";

/** Where the stderr of real builds lies: Docker 28.5.2, buildx 0.29.1, only the registry's port and paths changed. */
export function recordingPath(name: string): string {
  return join(import.meta.dirname, "recordings", `${name}.log`);
}

export function readRecording(name: string): { events: BuildEvent[]; summary: ProgressSummary } {
  const events: BuildEvent[] = [];
  const reader = new ProgressReader("img", (event) => events.push(event));
  for (const line of readFileSync(recordingPath(name), "utf8").split("\n")) reader.line(line);
  return { events, summary: reader.summary() };
}

export function failureOf(name: string, record: Partial<FailedBuild["record"]> = {}): BuildFailure {
  return decideFailure({
    record: { outcome: "failed", exitCode: 1, signal: undefined, durationMs: 5, ...record },
    progress: readRecording(name).summary,
    dockerfile: "/srv/Dockerfile",
  });
}
