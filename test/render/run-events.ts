import type { ProgressEvent, RunImage } from "../../src/core/base/build-event.ts";
import { digestOf } from "../../src/core/base/digest.ts";
import { NO_PROGRESS, type ProgressState, reduceProgress } from "../../src/views/render/progress-state.ts";

export const digest = digestOf("an image");

export const FLEET: readonly RunImage[] = [
  { name: "family-web", parent: "base-utils", level: 1 },
  { name: "base-python", parent: undefined, level: 0 },
  { name: "base-utils", parent: undefined, level: 0 },
  { name: "service-a", parent: "family-web", level: 2 },
];

/** A run in which one image is reused, one is pushing, one builds and one waits; a second between events. */
export const RUN: readonly ProgressEvent[] = [
  { type: "run-started", images: FLEET },
  { type: "image-reused", image: "base-python", digest },
  { type: "image-started", image: "base-utils" },
  { type: "step-started", image: "base-utils", id: "v1", step: "[2/4] RUN make", kind: "run" },
  { type: "step-done", image: "base-utils", id: "v1", step: "[2/4] RUN make", cached: false, ms: 900 },
  { type: "step-started", image: "base-utils", id: "v2", step: "exporting to image", kind: "export" },
  {
    type: "transfer",
    image: "base-utils",
    id: "v2",
    step: "exporting to image",
    what: "pushing layers",
    current: 0,
    total: 0,
  },
];

export const FAILURE: readonly ProgressEvent[] = [
  {
    type: "image-failed",
    image: "base-utils",
    ms: 4000,
    failure: {
      reason: "step-failed",
      message: 'process "make" did not complete successfully: exit code: 2',
      step: "[2/4] RUN make",
      dockerfileLine: { file: "docker/base-utils/Dockerfile", line: 7, text: "RUN make" },
      logTail: ["cc -c a.c", "a.c:1: error: no"],
    },
  },
  { type: "image-blocked", image: "family-web", by: "base-utils" },
  { type: "image-blocked", image: "service-a", by: "base-utils" },
  { type: "run-finished", ms: 9000 },
];

export function stateAfter(events: readonly ProgressEvent[]): ProgressState {
  return events.reduce((state, event, index) => reduceProgress(state, event, index * 1000), NO_PROGRESS);
}
