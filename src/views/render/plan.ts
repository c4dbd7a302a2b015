import { shortDigest } from "../../core/base/digest.ts";
import type { Plan, PlannedImage } from "../../core/plan/plan.ts";
import { formatReason } from "../../core/plan/reason.ts";
import { formatBytes, formatMs } from "./progress-text.ts";
import { renderTable } from "./table.ts";

const MARK = { reuse: "=", build: "+", wait: "~", unavailable: "!" } as const;
const WORD = {
  reuse: "stands",
  build: "build",
  wait: "after its parents",
  unavailable: "unavailable",
} as const;
/** More reasons than these are counted. */
const SHOWN_REASONS = 5;

/** The plan for people: one line an image in build order, its reasons below, the sum at the end. */
export function renderPlan(plan: Plan): string {
  const rows = plan.images.map(imageRow);
  const lines = renderTable(rows).split("\n");
  const withReasons = plan.images.flatMap((image, index) => [lines[index] ?? "", ...reasonLines(image)]);
  return `${[...withReasons, "", summary(plan)].join("\n")}\n`;
}

function imageRow(image: PlannedImage): readonly string[] {
  return [
    `${MARK[image.action]} ${"  ".repeat(image.level)}${image.name}`,
    WORD[image.action],
    image.digest === undefined ? "" : shortDigest(image.digest),
    image.action === "reuse" || image.estimateMs === undefined ? "" : `~${formatMs(image.estimateMs)}`,
    image.action === "reuse" || image.contextBytes === 0 ? "" : formatBytes(image.contextBytes),
    image.action === "reuse" || image.imageBytes === undefined
      ? ""
      : `image ${formatBytes(image.imageBytes)}`,
  ];
}

function reasonLines(image: PlannedImage): string[] {
  const indent = `    ${"  ".repeat(image.level)}`;
  if (image.unavailable !== undefined) return [`${indent}root ${image.unavailable}`];
  const shown = image.reasons.slice(0, SHOWN_REASONS).map((reason) => `${indent}${formatReason(reason)}`);
  const more = image.reasons.length - SHOWN_REASONS;
  return more > 0 ? [...shown, `${indent}and ${more} more`] : shown;
}

function summary({ totals, registry }: Plan): string {
  const counts = [
    `${totals.build + totals.wait} to build${totals.wait > 0 ? ` (${totals.wait} of them after their parents)` : ""}`,
    `${totals.reuse} stand in ${[registry.host, registry.namespace].filter(Boolean).join("/")}`,
    ...(totals.unavailable > 0 ? [`${totals.unavailable} unavailable`] : []),
  ];
  const time =
    totals.estimateMs === undefined
      ? "never built here, so no estimate"
      : `about ${formatMs(totals.estimateMs)} of building`;
  const cost =
    totals.build + totals.wait === 0 ? "" : `; ${time}; ${formatBytes(totals.contextBytes)} of context`;
  return `${counts.join(", ")}${cost}`;
}
