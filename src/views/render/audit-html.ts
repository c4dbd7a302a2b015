import { hasFailure } from "../../core/policy/audit/audit-document.ts";
import { auditPageData } from "./audit-page-data.ts";
import { AUDIT_GRAPH_SCRIPT } from "./audit-page-graph.ts";
import { AUDIT_PAGE_SCRIPT } from "./audit-page-script.ts";
import { AUDIT_PAGE_STYLE } from "./audit-page-style.ts";
import { type AuditedView, type AuditView, megabytes, sumBytes } from "./audit-view.ts";
import { htmlJson, htmlPage, htmlText } from "./html-page.ts";
import { printable } from "./printable.ts";

/** One page with nothing outside of it: each image's tables, and every chain as a graph to follow. The same report, the same bytes. */
export function renderAuditHtml(report: AuditView): string {
  const { release, images, left } = report;
  const failing = images.filter(({ audit }) => hasFailure(audit)).length;
  const title = release === undefined ? "Audit" : `Audit of release ${release}`;
  return htmlPage({
    title,
    style: AUDIT_PAGE_STYLE,
    script: `${AUDIT_GRAPH_SCRIPT}${AUDIT_PAGE_SCRIPT}`,
    body: `<header>
<h1>${shown(title)}</h1>
<p>${images.length} ${images.length === 1 ? "image" : "images"}, ${failing === 0 ? "none" : failing} with something missing that is always needed, or that does not fit${left.length === 0 ? "" : `; <b>${left.length} not audited</b>`}.</p>
</header>
<nav class="images" aria-label="images">${images.map(card).join("\n")}${left.map(unreadCard).join("\n")}</nav>
<noscript><p>The tables and chains of this page need its own script; <code>lapstrake audit</code> prints them, too.</p></noscript>
<main id="main" hidden>
<section class="items">
<h2 id="image"></h2>
<div role="tablist" id="tabs" aria-label="what to list"></div>
<div class="controls"><input id="filter" type="search" placeholder="filter by any word" aria-label="filter"><span id="chips"></span><span id="count" role="status"></span></div>
<div class="scroll" id="list" role="tabpanel" aria-labelledby="image"></div>
</section>
<aside id="chain" aria-label="chain" tabindex="-1"></aside>
</main>
<footer>Chains are the surest way that was found: from what the image is for to the thing itself. Follow any box, up to what needs it or down to what
it needs. Nothing was run for this: what only a running program can say is listed as uncertain.</footer>
<script type="application/json" id="data">${htmlJson(auditPageData(report))}</script>`,
  });
}

function shown(text: string): string {
  return htmlText(printable(text));
}

function card({ name, source, audit }: AuditedView, index: number): string {
  const { packages, distributions, missing, mismatches } = audit;
  const unused = [...packages, ...distributions].filter(({ use }) => use === "unused");
  const all = sumBytes([...packages, ...distributions]);
  const wasted = sumBytes(unused);
  const required = missing.filter(({ level }) => level === "required").length;
  const [state, verdict] = verdictOf(audit);
  const lines = [
    `${required} missing, ${mismatches.length} ${mismatches.length === 1 ? "mismatch" : "mismatches"}`,
    `${unused.length} unused: ${megabytes(wasted)} of ${megabytes(all)}`,
  ];
  const share = all === 0 ? 0 : (100 * wasted) / all;
  return `<a class="card" href="#${index}" data-image="${index}" title="${shown(source)}"><b>${shown(name)}</b><mark class="${state}">${verdict}</mark>${lines.map((line) => `<span>${line}</span>`).join("")}<i class="share" style="--share:${share.toFixed(2)}%"></i></a>`;
}

/** Unknown is never shown as good. */
function verdictOf(audit: AuditedView["audit"]): readonly [state: string, verdict: string] {
  if (hasFailure(audit)) return ["bad", "fails"];
  if (audit.unread.length > 0) return ["soft", `${audit.unread.length} files not read`];
  if (audit.mismatches.length > 0) return ["soft", "nothing needed is missing, warnings"];
  return ["good", "nothing needed is missing"];
}

function unreadCard({ name, why }: AuditView["left"][number]): string {
  return `<div class="card"><b>${shown(name)}</b><mark class="soft">not audited</mark><span>${shown(why)}</span></div>`;
}
