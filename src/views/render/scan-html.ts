import type { ScanReport } from "../../core/policy/gates/gate.ts";
import { htmlJson, htmlPage } from "./html-page.ts";
import { counted } from "./inventory-cells.ts";
import { asOfText, titleOf } from "./scan-cells.ts";
import { fixesSection } from "./scan-html-fixes.ts";
import { canariesSection, offSection, sourcesSection, waiversSection } from "./scan-html-grounds.ts";
import { imagesSection } from "./scan-html-images.ts";
import { markOf, shown } from "./scan-html-parts.ts";
import { hasMap, type ScanSizes, sizesSection } from "./scan-html-sizes.ts";
import { fleetOutcome, SHOWN_OUTCOMES, type ShownOutcome, shownOutcome } from "./scan-outcome.ts";
import { scanPageData } from "./scan-page-data.ts";
import { SCAN_PAGE_FILTER } from "./scan-page-filter.ts";
import { SCAN_PAGE_IMAGES } from "./scan-page-images.ts";
import { SCAN_PAGE_SCRIPT } from "./scan-page-script.ts";
import { SCAN_PAGE_STYLE } from "./scan-page-style.ts";
import { oneLine } from "./scan-style.ts";
import { untold } from "./scan-untold.ts";
import { TREEMAP_SCRIPT } from "./treemap-script.ts";
import { TREEMAP_STYLE } from "./treemap-style.ts";

export interface ScanPageOptions {
  /** Of the scanned images; without it the page has no section on sizes. */
  readonly sizes?: ScanSizes;
}

/**
 * One page with nothing outside of it, for the whole fleet: the outcome and why, what to fix first, every image, a table of
 * all findings, and what the outcome rests on. The same report, the same bytes.
 */
export function renderScanHtml(report: ScanReport, { sizes }: ScanPageOptions = {}): string {
  const sections: readonly (readonly [id: string, title: string, html: string])[] = [
    ["fix", "What to fix first", fixesSection(report)],
    ["untold", "What could not be told", untoldSection(report)],
    ["images", "Images", imagesSection(report)],
    ["findings", "Findings", FINDINGS],
    ["sizes", "Sizes", sizes === undefined ? "" : sizesSection(sizes)],
    ["waivers", "Waivers", waiversSection(report)],
    ["off", "Gates that are off", offSection(report)],
    ["canaries", "Canaries", canariesSection(report)],
    ["sources", "Sources", sourcesSection(report)],
  ];
  const there = sections.filter(([, , html]) => html !== "");
  return htmlPage({
    title: oneLine(titleOf(report)),
    style: `${hasMap(sizes) ? TREEMAP_STYLE : ""}${SCAN_PAGE_STYLE}`,
    script: `${hasMap(sizes) ? TREEMAP_SCRIPT : ""}${SCAN_PAGE_FILTER}${SCAN_PAGE_SCRIPT}${SCAN_PAGE_IMAGES}`,
    body: `${header(report)}
<nav aria-label="sections">${there.map(([id, title]) => `<a href="#${id}">${title}</a>`).join("")}</nav>
<main>
${there.map(([id, title, html]) => `<section id="${id}"><h2>${title}</h2>\n${html}</section>`).join("\n")}
</main>
${footer(report)}
<script type="application/json" id="data">${htmlJson(scanPageData(report))}</script>`,
  });
}

function header(report: ScanReport): string {
  const { images, pinned, left } = report;
  const { outcome, why } = fleetOutcome(report);
  const [, ...doubts] = images.length === 0 ? ["", ...why] : why;
  const lacking = left.filter(({ asked }) => asked).length;
  const counts = SHOWN_OUTCOMES.map(
    (each) => [each, images.filter((image) => shownOutcome(image) === each).length] as const,
  );
  return `<header>
<h1>${shown(titleOf(report))}</h1>
<p class="verdict ${outcome}">${markOf(outcome)} <span>${verdictText(report, outcome)}</span></p>
${pinned ? `<p class="pinned" role="note">${shown(asOfText(report))}.</p>` : `<p>${shown(asOfText(report))}.</p>`}
${doubts.length === 0 ? "" : `<ul class="doubts">${doubts.map((each) => `<li>${shown(each)}</li>`).join("")}</ul>`}
${images.length === 0 ? "" : shares(counts, images.length, lacking)}
</header>`;
}

function verdictText({ off }: ScanReport, outcome: keyof typeof VERDICT): string {
  return outcome === "passed" && off.length > 0
    ? "Every gate that is on looked and found nothing that the policy denies; every canary did what it must."
    : VERDICT[outcome];
}

const VERDICT: Readonly<Record<Exclude<ShownOutcome, "blocked">, string>> = {
  denied: "What is denied, and all that is built on it, is not released.",
  error: "A gate broke, so nobody knows; what is not known is not released.",
  unknown: "Not everything could be told; what is not known is not released.",
  waived: "Nothing is denied that has no waiver.",
  passed: "Every gate looked and found nothing that the policy denies; every canary did what it must.",
};

/** The images by outcome, as a bar and in words. */
function shares(counts: readonly (readonly [ShownOutcome, number])[], all: number, lacking: number): string {
  const there = counts.filter(([, count]) => count > 0);
  const bar = there.map(([outcome, count]) => `<i class="${outcome}" style="flex:${count}"></i>`).join("");
  const words = there.map(
    ([outcome, count]) =>
      `<a class="${outcome}" href="#images">${markOf(outcome, `${count} ${outcome}`)}</a>`,
  );
  const unread =
    lacking === 0
      ? ""
      : `<a class="unknown" href="#images">${markOf("unknown", `${lacking} not judged`)}</a>`;
  return `<div class="shares" aria-hidden="true">${bar}</div><p class="legend">${counted(all, "image")}: ${words.join("")}${unread}</p>`;
}

const MOST_UNTOLD = 30;

function untoldSection(report: ScanReport): string {
  const all = untold(report);
  if (all.length === 0) return "";
  const items = all.slice(0, MOST_UNTOLD).map(({ gate, level, message, hint, images }) => {
    const names = images.map((name) => `<code>${shown(name)}</code>`).join(", ");
    const mend = hint === undefined ? "" : `<small>hint: ${shown(hint)}</small>`;
    return `<li>${markOf(level)} <b>${gate}</b>: ${shown(message)} <small>${counted(images.length, "image")}: ${names}</small>${mend}</li>`;
  });
  const more = all.length - items.length;
  return `<ul class="untold">${items.join("")}${more > 0 ? `<li>and ${more} more, in the findings</li>` : ""}</ul>`;
}

/** Filled by the page's script: there may be a hundred thousand. */
const FINDINGS = `<noscript><p>The table of findings needs this page's own script; <code>lapstrake scan --json</code> has them, too.</p></noscript>
<div id="found" hidden>
<div class="controls"><input id="filter" type="search" placeholder="filter by any word" aria-label="filter findings by any word">
<label>image <select id="image"></select></label> <label>brought by <select id="owner"></select></label>
<button class="chip" id="clear">show all</button></div>
<div class="controls" id="facets"></div>
<p id="count" role="status"></p>
<div class="scroll"><table class="stack" id="list"></table></div>
</div>
`;

function footer({ policy }: ScanReport): string {
  return `<footer>The policy denies vulnerabilities of severity ${policy.deny} or worse; one that nobody rated counts as ${policy.unknownSeverity}.
A finding that several images have from one base is one row, and counts once for each image in what to fix first. Unknown and
broken gates block as a denial does. Point at a mark for its meaning.</footer>`;
}
