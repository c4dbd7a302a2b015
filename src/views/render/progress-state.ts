import type { ImageFailure, ProgressEvent, RunImage } from "../../core/base/build-event.ts";
import type { Digest } from "../../core/base/digest.ts";
import { groupBy } from "./progress-text.ts";

export type ImageState =
  | "queued"
  | "building"
  | "pushing"
  | "done"
  | "reused"
  | "blocked"
  | "unavailable"
  | "failed"
  | "cancelled";

/** What is known of one image by now. Times are those that `reduceProgress` was given. */
export interface ImageProgress extends RunImage {
  readonly state: ImageState;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** What is being done: a step's name, a part of the export. */
  readonly step?: string;
  /** Of the transfer that is going on; total 0 where nobody knows. */
  readonly bytes?: { readonly current: number; readonly total: number };
  /** Of the finished image. */
  readonly size?: number;
  readonly digest?: Digest;
  /** Why it is queued, blocked or unavailable. */
  readonly why?: string;
  readonly failure?: ImageFailure;
}

export interface ProgressState {
  /** In the order of the tree: each image after its parent. */
  readonly images: ReadonlyMap<string, ImageProgress>;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly tagged: number;
}

export const NO_PROGRESS: ProgressState = {
  images: new Map(),
  startedAt: undefined,
  endedAt: undefined,
  tagged: 0,
};

/** The state after an event that came `at` that time (milliseconds of any clock). The old state stays as it was. */
export function reduceProgress(state: ProgressState, event: ProgressEvent, at: number): ProgressState {
  switch (event.type) {
    case "run-started":
      return { ...NO_PROGRESS, images: plant(event.images), startedAt: at };
    case "run-finished":
      return { ...state, endedAt: at };
    case "tagged":
      return { ...state, tagged: state.tagged + 1 };
    case "tagged-previous":
    case "note":
    case "pushed":
    case "log":
    case "warning":
    case "step-done":
    case "step-failed":
    case "job-started":
    case "job-ended":
      return state;
    default: {
      const before = state.images.get(event.image) ?? unplanned(event.image);
      const images = new Map(state.images).set(event.image, changeImage(before, event, at));
      return { ...state, images, startedAt: state.startedAt ?? at };
    }
  }
}

/** The one event left over for `default`: another would not compile here. */
const CANCELLED = { "image-cancelled": "cancelled" } as const;

type ImageEvent = Extract<ProgressEvent, { readonly type: `image-${string}` | "step-started" | "transfer" }>;

function changeImage(before: ImageProgress, event: ImageEvent, at: number): ImageProgress {
  switch (event.type) {
    case "image-queued":
      return { ...before, state: "queued", ...(event.why === undefined ? {} : { why: event.why }) };
    case "image-started":
      return { ...before, state: "building", startedAt: at };
    case "step-started": {
      const { bytes: _, ...rest } = before;
      return { ...rest, state: event.kind === "export" ? "pushing" : "building", step: event.step };
    }
    case "transfer": {
      const { current, total } = event;
      // The parts of an export are told as transfers of nothing; a name is all that they have.
      const step = before.state === "pushing" ? { step: event.what } : {};
      return { ...before, ...step, ...(current + total > 0 ? { bytes: { current, total } } : {}) };
    }
    case "image-reused":
      return ended(before, at, { state: "reused", digest: event.digest });
    case "image-built": {
      const size = event.bytes === undefined ? {} : { size: event.bytes };
      return ended(before, at, { state: "done", digest: event.digest, ...size });
    }
    case "image-failed":
      return ended(before, at, { state: "failed", failure: event.failure });
    case "image-blocked":
      return ended(before, at, { state: "blocked", why: event.by });
    case "image-unavailable":
      return ended(before, at, { state: "unavailable", why: event.why });
    default:
      return ended(before, at, { state: CANCELLED[event.type] });
  }
}

function ended(
  before: ImageProgress,
  at: number,
  end: Pick<ImageProgress, "state" | "digest" | "size" | "failure" | "why">,
): ImageProgress {
  const { step: _step, bytes: _bytes, why: _why, ...rest } = before;
  return { ...rest, ...end, endedAt: at };
}

/** An event may name an image that the run did not announce; it is shown all the same. */
function unplanned(name: string): ImageProgress {
  return { name, parent: undefined, level: 0, state: "queued" };
}

/** Depth first, so that a child stands below its parent; what a cycle or a lost parent leaves over comes last. */
function plant(images: readonly RunImage[]): ReadonlyMap<string, ImageProgress> {
  const names = new Set(images.map((image) => image.name));
  const planted = new Map<string, ImageProgress>();
  const children = groupBy(images, (image) =>
    image.parent !== undefined && names.has(image.parent) ? image.parent : undefined,
  );
  const stack = [...(children.get(undefined) ?? [])].reverse().map((image) => ({ image, level: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { image, level } = next;
    planted.set(image.name, { ...image, level, state: "queued" });
    const below = (children.get(image.name) ?? []).map((child) => ({ image: child, level: level + 1 }));
    stack.push(...below.reverse());
  }
  for (const image of images) {
    if (!planted.has(image.name)) planted.set(image.name, { ...image, level: 0, state: "queued" });
  }
  return planted;
}
