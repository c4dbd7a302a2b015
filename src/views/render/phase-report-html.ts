import { shortDigest } from "../../core/base/digest.ts";
import type { Risk } from "../../core/blueprint/phase-plan.ts";
import type { PhaseState } from "../../core/phases/phase-state.ts";
import type { PhaseReport, ReportedPhase } from "../../core/phases/report/phase-report.ts";
import { htmlPage, htmlProse, htmlText } from "./html-page.ts";
import {
  EVENTS_SHOWN,
  entriesText,
  eventText,
  headline,
  LEGEND,
  passedText,
  provenText,
  timeText,
  VERDICT_MEANING,
} from "./phase-report-cells.ts";
import { renderLanes } from "./phase-report-lanes.ts";
import { PHASE_REPORT_STYLE } from "./phase-report-page.ts";
import { gapItems, renderReportedPhase } from "./phase-report-phase.ts";

/** One page with nothing outside of it, for whoever has to answer for the plan. The same facts, the same bytes. */
export function renderPhaseReportHtml(report: PhaseReport): string {
  const { plan, release, asOf } = report;
  const stand =
    asOf === undefined
      ? "Nothing is recorded yet."
      : `As of ledger entry ${asOf.seq}, ${timeText(asOf.time)} UTC, <code>${htmlText(asOf.hash)}</code>.`;
  return htmlPage({
    title: `${plan.title}: phases`,
    style: PHASE_REPORT_STYLE,
    body: `<header>
<h1>${htmlText(plan.title)}</h1>
<p class="lead">${htmlText(headline(report))}</p>
<p class="meta">Plan <code>${htmlText(plan.id)}</code>. ${release === undefined ? "Nothing is released." : `Newest release <code>${htmlText(release)}</code>.`} ${stand}</p>
</header>
${rail(report)}
${missingNow(report)}
<h2>Where it stands</h2>
${phaseTable(report)}
<h2>Timeline</h2>
${timeline(report)}
<h2>Risks</h2>
${risks(report)}
<h2>Phase by phase</h2>
${report.phases.map((each) => renderReportedPhase(each, report)).join("\n")}
<h2>Evidence</h2>
${evidence(report)}
<footer>${htmlText(LEGEND)}</footer>`,
  });
}

/** The phases in a row, with their parts within them. */
function rail({ phases }: PhaseReport): string {
  const items = phases
    .filter(({ isPart }) => !isPart)
    .map(({ state: { phase, verdict } }) => {
      const parts = phases
        .filter(({ state }) => state.phase.parent === phase.id)
        .map(({ state }) => partOf(state));
      return `<li class="${verdict}"><a href="#phase-${htmlText(phase.id)}" title="${htmlText(VERDICT_MEANING[verdict])}"><b>${htmlText(phase.id)}</b><span>${htmlText(phase.title)}</span><small>${verdict}</small></a>${parts.length === 0 ? "" : `<p>${parts.join(" ")}</p>`}</li>`;
    });
  return `<ol class="rail">${items.join("\n")}</ol>`;
}

function partOf({ phase, verdict }: PhaseState): string {
  return `<a class="${verdict}" href="#phase-${htmlText(phase.id)}" title="${htmlText(`${phase.title}: ${verdict}`)}">${htmlText(phase.id)}</a>`;
}

function missingNow({ phases, current }: PhaseReport): string {
  const now = phases.filter(({ state }) => current.includes(state.phase.id));
  if (now.length === 0) return "";
  const blocks = now.map((each) => {
    const { phase, verdict, reason } = each.state;
    return `<section class="now ${verdict}"><h3>Phase ${htmlText(phase.id)}, ${htmlText(phase.title)}: <mark>${verdict}</mark></h3><p class="break">${htmlProse(reason)}</p>${gapItems(each)}</section>`;
  });
  return `<h2>What is missing now</h2>\n${blocks.join("\n")}`;
}

function phaseTable({ phases }: PhaseReport): string {
  const rows = phases.map((each) => {
    const { phase, verdict, reason } = each.state;
    return `<tr class="${verdict}${each.isPart ? " part" : ""}"><td><a href="#phase-${htmlText(phase.id)}">${htmlText(phase.id)}</a> ${htmlText(phase.title)}</td><td><mark title="${htmlText(VERDICT_MEANING[verdict])}">${verdict}</mark></td><td class="number">${meter(each)}${provenText(each)}</td><td class="number hide">${passedText(each)}</td><td class="break">${htmlProse(reason)}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>Phase</th><th>State</th><th>Rules proven</th><th class="hide">Documents</th><th>Why</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function meter({ state, proven }: ReportedPhase): string {
  if (state.rules.length === 0) return "";
  return `<span class="meter" style="--share:${((100 * proven) / state.rules.length).toFixed(0)}%"></span>`;
}

function timeline(report: PhaseReport): string {
  const events = report.timeline;
  if (events.length === 0) return "<p>Nothing is recorded yet.</p>";
  const shown = events.slice(-EVENTS_SHOWN);
  const left = events.length - shown.length;
  const rows = shown
    .toReversed()
    .map(
      (event) =>
        `<tr><td class="number">${timeText(event.first.time)}</td><td>${htmlText(event.phase)}</td><td class="break">${htmlText(eventText(event))}</td><td class="number">${entriesText(event)}</td></tr>`,
    );
  const more = left === 0 ? "" : `<p>${left} earlier events are left out.</p>`;
  return `${renderLanes(report)}
<p class="key"><i></i> evidence collected <b>◆</b> gate passed <b class="reopened">◆</b> opened again</p>
<details><summary>All events, the newest first</summary><table><thead><tr><th>Time (UTC)</th><th>Phase</th><th>What</th><th>Ledger entries</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>${more}</details>`;
}

function risks({ risks: register }: PhaseReport): string {
  if (register.length === 0) return "<p>The plan has no register of risks.</p>";
  return `<div class="scroll"><table><thead><tr><th>Risk</th><th>What may happen</th><th>Likelihood</th><th>Impact</th><th>Mitigation</th><th class="hide">Seen by</th><th class="hide">Way back</th></tr></thead><tbody>
${register.map(riskRow).join("\n")}
</tbody></table></div>`;
}

function riskRow({ id, risk, likelihood, impact, mitigation, detector, fallback }: Risk): string {
  return `<tr><td><b>${htmlText(id)}</b></td><td>${htmlText(risk)}</td><td class="${likelihood}">${likelihood}</td><td class="${impact}">${impact}</td><td>${htmlText(mitigation)}</td><td class="hide"><code>${htmlText(detector)}</code></td><td class="hide"><code>${htmlText(fallback)}</code></td></tr>`;
}

function evidence({ evidence: entries }: PhaseReport): string {
  if (entries.length === 0) return "<p>None is cited.</p>";
  const rows = entries.map(({ seq, time, hash, body }) => {
    const rule = body.machine === null ? body.rule : `${body.rule}@${body.machine}`;
    return `<tr id="entry-${seq}"><td class="number">${seq}</td><td class="number">${timeText(time)}</td><td>${htmlText(body.phase)}: ${htmlText(rule)}</td><td><mark class="${body.outcome}">${body.outcome}</mark></td><td><code>${htmlText(hash)}</code></td><td class="hide"><code class="short" title="${htmlText(body.output)}">${shortDigest(body.output)}</code></td><td class="hide"><code>${htmlText(body.argv.join(" "))}</code> ${htmlText(body.tool)}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>Entry</th><th>Time (UTC)</th><th>Rule</th><th>Found</th><th>Hash</th><th class="hide">Raw facts</th><th class="hide">Made by</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}
