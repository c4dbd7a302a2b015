import { shortDigest } from "../../core/base/digest.ts";
import type { Plan, PlannedImage, PlannedRelease } from "../../core/plan/plan.ts";
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
  const release = plan.release === undefined ? [] : [releaseLine(plan.release)];
  return `${[...withReasons, "", ...release, summary(plan)].join("\n")}\n`;
}

/** `demo/web:in-<64 hex>`: the row names the repository already, and twelve digits tell two contents apart. */
function shortName(push: string): string {
  return push.slice(push.lastIndexOf(":") + 1).slice(0, "in-".length + 12);
}

function releaseLine(release: PlannedRelease): string {
  switch (release.state) {
    case "unchanged":
      return `tags: ${release.tag} is what this tree makes, a release changes nothing`;
    case "refused":
      return `tags: a release would be refused: ${release.why} [${release.code}]`;
    case "tag":
      return `tags: a release puts ${release.tag} on ${release.images.length} image(s) together, and ${release.previous} on what they replace`;
  }
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
    image.push === undefined ? "" : `push ${shortName(image.push)}`,
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
