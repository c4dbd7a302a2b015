import { shortDigest } from "../../core/base/digest.ts";
import type { ImageProgress, ImageState, ProgressState } from "./progress-state.ts";
import { columnsOf, createPaint, fill, fit, formatBytes, formatMs, type Paint } from "./progress-text.ts";

export interface TreeView {
  /** Columns and rows of the terminal. */
  readonly width: number;
  readonly height: number;
  /** Milliseconds of the clock that the state's times are of. */
  readonly now: number;
  readonly colour: boolean;
}

type Colour = Parameters<Paint>[0];
const LOOKS: Readonly<Record<ImageState, { readonly sign: string; readonly colour: Colour }>> = {
  queued: { sign: "·", colour: "dim" },
  building: { sign: "●", colour: "cyan" },
  pushing: { sign: "▲", colour: "cyan" },
  done: { sign: "✓", colour: "green" },
  reused: { sign: "=", colour: "green" },
  blocked: { sign: "⊘", colour: "yellow" },
  unavailable: { sign: "?", colour: "yellow" },
  failed: { sign: "✗", colour: "red" },
  cancelled: { sign: "×", colour: "yellow" },
};
/** What stays on a terminal that is too small, first to last. */
const WORTH: readonly ImageState[] = [
  "building",
  "pushing",
  "failed",
  "cancelled",
  "blocked",
  "unavailable",
  "queued",
  "done",
  "reused",
];

/**
 * The images as a tree, one line each, and a line that counts them. Never more lines than the terminal has rows less
 * one (the cursor's), never wider than it is: on a small terminal those that nothing happens to are counted only.
 */
export function renderTree(state: ProgressState, view: TreeView): readonly string[] {
  const paint = createPaint(view.colour);
  const room = Math.max(1, view.height - 1);
  const images = [...state.images.values()];
  const shown = images.length + 1 <= room ? images : worthiest(images, room - 2);
  const nameWidth = Math.min(
    Math.floor(view.width * 0.45),
    Math.max(0, ...shown.map((image) => image.level * 2 + columnsOf(image.name))),
  );
  const lines = shown.map((image) => renderImage(image, { ...view, nameWidth, paint }));
  const hidden = images.filter((image) => !shown.includes(image));
  if (hidden.length > 0 && room > 2) {
    lines.push(paint("dim", fit(`  … ${hidden.length} more: ${countStates(hidden)}`, view.width)));
  }
  return [...lines, renderCounts(state, view)].slice(-room);
}

function worthiest(images: readonly ImageProgress[], count: number): readonly ImageProgress[] {
  const best = [...images].sort((a, b) => WORTH.indexOf(a.state) - WORTH.indexOf(b.state));
  const kept = new Set(best.slice(0, Math.max(0, count)));
  return images.filter((image) => kept.has(image));
}

function renderImage(
  image: ImageProgress,
  view: TreeView & { readonly nameWidth: number; readonly paint: Paint },
): string {
  const { sign, colour } = LOOKS[image.state];
  const name = fill(`${"  ".repeat(image.level)}${image.name}`, view.nameWidth);
  const time = timeOf(image, view.now);
  // Sign, space, name, two spaces, text, space, time.
  const room = view.width - view.nameWidth - 5 - time.length;
  const text = fill(textOf(image), Math.max(0, room));
  const line = `${view.paint(colour, sign)} ${name}  ${view.paint("dim", text)} ${time}`;
  // On a terminal too narrow for this, the name alone; colours would have to be cut apart.
  return room > 0 ? line.trimEnd() : fit(`${sign} ${name}`, view.width).trimEnd();
}

function textOf(image: ImageProgress): string {
  switch (image.state) {
    case "queued":
      return image.why ?? "queued";
    case "building":
      return [bytesOf(image), image.step ?? "starting"].filter((part) => part !== "").join("  ");
    case "pushing":
      return ["pushing", bytesOf(image), image.step ?? ""].filter((part) => part !== "").join("  ");
    case "done":
    case "reused": {
      const size = image.size === undefined ? [] : [formatBytes(image.size)];
      const digest = image.digest === undefined ? [] : [shortDigest(image.digest)];
      return [image.state === "done" ? "done" : "reused", ...digest, ...size].join("  ");
    }
    case "blocked":
      return `blocked by ${image.why ?? "another image"}`;
    case "unavailable":
      return `unavailable: ${image.why ?? "no reason given"}`;
    case "failed":
      return `failed: ${image.failure?.message ?? "no reason given"}`;
    default:
      return image.state;
  }
}

function bytesOf(image: ImageProgress): string {
  if (image.bytes === undefined) return "";
  const { current, total } = image.bytes;
  // Every build sends a Dockerfile and an ignore file: not worth a look.
  if (Math.max(current, total) < 100_000) return "";
  return total > 0 ? `${formatBytes(current)} / ${formatBytes(total)}` : formatBytes(current);
}

function timeOf(image: ImageProgress, now: number): string {
  if (image.startedAt === undefined || image.state === "reused") return "";
  return formatMs((image.endedAt ?? now) - image.startedAt);
}

function renderCounts(state: ProgressState, view: TreeView): string {
  const images = [...state.images.values()];
  const ended = images.filter((image) => image.endedAt !== undefined).length;
  const time = state.startedAt === undefined ? 0 : (state.endedAt ?? view.now) - state.startedAt;
  const tags = state.tagged === 0 ? [] : [`${state.tagged} tags moved`];
  const parts = [`${ended}/${images.length}`, countStates(images), ...tags, formatMs(time)];
  return fit(parts.filter((part) => part !== "").join("  "), view.width);
}

/** `2 building, 1 failed, 6 done`, in the order of worth. */
export function countStates(images: readonly ImageProgress[]): string {
  return WORTH.map((state) => ({ state, count: images.filter((image) => image.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ");
}
