import type { GateVerdict, ScannedImage, ScanReport } from "../../core/policy/gates/gate.ts";
import { toldFindings } from "../../core/policy/gates/told-findings.ts";
import { htmlText } from "./html-page.ts";
import { counted } from "./inventory-cells.ts";
import { formatBytes } from "./progress-text.ts";
import { findingState } from "./scan-cells.ts";
import { findingsHref, markOf, shown } from "./scan-html-parts.ts";
import { leftGroups } from "./scan-left.ts";
import { OUTCOME_MARK, SHOWN_OUTCOMES, type ShownOutcome, shownOutcome, whyText } from "./scan-outcome.ts";
import { pageText } from "./scan-page-text.ts";

/** Every image under the one that it is built on; the page's script sorts and filters the rows. */
export function imagesSection(report: ScanReport): string {
  const { images } = report;
  const lacking = report.left.filter(({ asked }) => asked);
  if (images.length + lacking.length === 0)
    return `<p class="unknown">No image was judged.</p>\n${othersList(report)}`;
  const outcomes = SHOWN_OUTCOMES.flatMap((outcome) => {
    const count = images.filter((image) => shownOutcome(image) === outcome).length;
    return count === 0
      ? []
      : [
          `<button class="chip ${outcome}" data-outcome="${outcome}" aria-pressed="false">${OUTCOME_MARK[outcome]} ${outcome} <i>${count}</i></button>`,
        ];
  });
  const largest = Math.max(1, ...images.map(({ size }) => size.compressed));
  const heads = COLUMNS.map(
    ([title, kind]) =>
      `<th scope="col" class="${kind}" aria-sort="none"><button data-kind="${kind}">${title}</button></th>`,
  );
  return `<div class="controls" id="image-controls" hidden><input id="image-filter" type="search" placeholder="filter by name or reason" aria-label="filter images">
${outcomes.join("\n")}
<button class="chip" id="tree" aria-pressed="true">in the order of the hierarchy</button> <span id="image-count" role="status"></span></div>
<div class="scroll"><table class="stack tree" id="image-list"><thead><tr>${heads.join("")}</tr></thead>
<tbody>
${lacking.map(({ name, why }) => unreadRow(name, why)).join("\n")}
${hierarchy(images)
  .map(({ image, depth }) => imageRow(image, { depth, largest }))
  .join("\n")}
</tbody></table></div>
${othersList(report)}`;
}

/** Images of the fleet that were not to be judged. */
function othersList(report: ScanReport): string {
  const groups = leftGroups(report).filter(({ asked }) => !asked);
  const count = groups.reduce((sum, { names }) => sum + names.length, 0);
  if (count === 0) return "";
  const items = groups.map(
    ({ names, why }) =>
      `<li>${shown(why)}: ${names.map((name) => `<code>${shown(name)}</code>`).join(", ")}</li>`,
  );
  return `<details><summary>${counted(count, "image")} not scanned</summary><ul class="untold">${items.join("")}</ul></details>\n`;
}

const COLUMNS: readonly (readonly [title: string, kind: string])[] = [
  ["Image", "name"],
  ["Outcome", "text"],
  ["Why", "why"],
  ["Gates", "gates"],
  ["Denied", "number"],
  ["Compressed", "number"],
  ["Unpacked", "number"],
];

interface Placed {
  readonly image: ScannedImage;
  readonly depth: number;
}

/** Each image below its nearest ancestor that was scanned. Without recursion: a chain may be as long as the fleet. */
function hierarchy(images: readonly ScannedImage[]): readonly Placed[] {
  const names = new Set(images.map(({ name }) => name));
  const below = new Map<string | undefined, ScannedImage[]>();
  for (const image of images) {
    const parent = image.ancestors.find((name) => names.has(name) && name !== image.name);
    below.set(parent, [...(below.get(parent) ?? []), image]);
  }
  const placed: Placed[] = [];
  const open: Placed[] = (below.get(undefined) ?? []).map((image) => ({ image, depth: 0 })).reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    placed.push(next);
    const { depth } = next;
    open.push(...(below.get(next.image.name) ?? []).map((image) => ({ image, depth: depth + 1 })).reverse());
    // Of two images with one name, the first has what is built on it.
    below.delete(next.image.name);
  }
  // Ancestors that form a circle are no tree; what stands in it comes at the end.
  const seen = new Set(placed.map(({ image }) => image));
  return [...placed, ...images.filter((image) => !seen.has(image)).map((image) => ({ image, depth: 0 }))];
}

function imageRow(
  image: ScannedImage,
  { depth, largest }: { readonly depth: number; readonly largest: number },
): string {
  const { name, ancestors, size, verdicts, tier } = image;
  const outcome = shownOutcome(image);
  const denied = verdicts.flatMap(toldFindings).filter((each) => findingState(each) === "denied").length;
  const base = ancestors.length === 0 ? "" : ` title="built on ${shown(ancestors.join(" < "))}"`;
  const link =
    denied === 0 ? "0" : `<a href="${findingsHref({ image: name, state: "denied" })}">${denied}</a>`;
  // A gate that could not tell may have found more.
  const isWhole = verdicts.every((each) => each.outcome !== "unknown" && each.outcome !== "error");
  const count = isWhole && verdicts.length > 0 ? link : `${link} + ?`;
  return `<tr data-outcome="${outcome}" data-name="${htmlText(pageText(name))}" style="--depth:${depth}">
${cell(0, `<button class="open" aria-expanded="false"${base}>${shown(name)}</button>${tier === "gpu" ? " <small>gpu</small>" : ""}`, shown(name))}
${cell(1, markOf(outcome), String(SHOWN_OUTCOMES.indexOf(outcome)))}
${cell(2, shown(whyText(image)), shown(whyText(image)))}
${cell(3, gateStrip(verdicts), String(verdicts.filter((each) => each.outcome !== "passed").length))}
${cell(4, count, String(denied))}
${cell(5, `${formatBytes(size.compressed)}<i class="share" style="--share:${((100 * size.compressed) / largest).toFixed(2)}%"></i>`, String(size.compressed))}
${cell(6, formatBytes(size.unpacked), String(size.unpacked))}</tr>`;
}

function unreadRow(name: string, why: string): string {
  const cells = [shown(name), markOf("unknown", "not judged"), shown(why), "", "?", "?", "?"];
  const sorts = [shown(name), String(SHOWN_OUTCOMES.indexOf("unknown")), shown(why), "-1", "-1", "-1", "-1"];
  return `<tr data-outcome="unknown" style="--depth:0">${cells.map((each, at) => cell(at, each, sorts[at] ?? "")).join("")}</tr>`;
}

function cell(at: number, html: string, sort: string): string {
  const [title = "", kind = ""] = COLUMNS[at] ?? [];
  return `<td class="${kind}" data-label="${title}" data-sort="${sort}">${html}</td>`;
}

/** One sign for each gate, in their order. */
function gateStrip(verdicts: readonly GateVerdict[]): string {
  const signs = verdicts.map(
    ({ gate, outcome, reason }) =>
      `<i class="${outcome}" title="${shown(`${gate}: ${outcome}: ${reason}`)}">${OUTCOME_MARK[outcome]}</i>`,
  );
  return `<span class="strip" role="img" aria-label="${stripWords(verdicts)}">${signs.join("")}</span>`;
}

function stripWords(verdicts: readonly GateVerdict[]): string {
  const words = SHOWN_OUTCOMES.flatMap((outcome: ShownOutcome) => {
    const those = verdicts.filter((verdict) => verdict.outcome === outcome).map(({ gate }) => gate);
    if (those.length === 0) return [];
    return [outcome === "passed" ? `${those.length} passed` : `${outcome}: ${those.join(", ")}`];
  });
  return words.join("; ");
}
