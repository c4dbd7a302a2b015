import { shortDigest } from "../../core/base/digest.ts";
import type { DocumentState, RuleState } from "../../core/phases/phase-state.ts";
import { evidenceOf, type PhaseReport, type ReportedPhase } from "../../core/phases/report/phase-report.ts";
import { htmlProse, htmlText } from "./html-page.ts";
import { timeText } from "./phase-report-cells.ts";

/** One phase in full: what it must keep to, rule by rule what is known, and its documents. HTML. */
export function renderReportedPhase(reported: ReportedPhase, report: PhaseReport): string {
  const { state } = reported;
  const { phase, verdict, reason, gate } = state;
  const isCurrent = report.current.includes(phase.id);
  const closed =
    gate === undefined
      ? ""
      : `<p>Gate: ledger entry ${gate.seq}, ${timeText(gate.time)} UTC, <code>${htmlText(gate.hash)}</code></p>`;
  return `<details id="phase-${htmlText(phase.id)}" class="${verdict}"${isCurrent ? " open" : ""}><summary>Phase ${htmlText(phase.id)}, ${htmlText(phase.title)}: <mark>${verdict}</mark></summary>
<p class="break">${htmlProse(reason)}</p>
<blockquote>${htmlProse(phase.note)}</blockquote>
${closed}${rules(state.rules, report)}${documents(state.documents)}${isCurrent ? "" : missing(reported)}
</details>`;
}

/** What is missing, each with its remedy. */
export function gapItems({ gaps }: ReportedPhase): string {
  if (gaps.length === 0) return "";
  const items = gaps.map(({ what, reason, remedy }) => {
    const way = remedy?.startsWith("lapstrake ")
      ? `<code>${htmlText(remedy)}</code>`
      : htmlProse(remedy ?? "change the plan");
    return `<li><b>${htmlText(what)}</b> ${htmlProse(reason)}<span class="do">→ ${way}</span></li>`;
  });
  return `<ul class="gaps">${items.join("\n")}</ul>`;
}

function missing(reported: ReportedPhase): string {
  return reported.gaps.length === 0 ? "" : `<h3>Missing</h3>${gapItems(reported)}`;
}

function rules(states: readonly RuleState[], report: PhaseReport): string {
  if (states.length === 0) return "";
  const rows = states.map((state) => {
    const { rule, machine, verdict, reason, evidence } = state;
    const entry = evidenceOf(report, state);
    const where =
      evidence === undefined
        ? "-"
        : `<a href="#entry-${evidence.seq}" title="${htmlText(evidence.hash)}">${evidence.seq}</a>`;
    const words = verdict === "not-provable" ? "not yet provable" : verdict;
    const when = entry === undefined ? "" : timeText(entry.time);
    return `<tr><td><b>${htmlText(rule.id)}</b>${machine === undefined ? "" : ` on ${htmlText(machine)}`}</td><td><mark class="${verdict}">${words}</mark></td><td class="break">${htmlProse(reason)}</td><td class="number">${where}</td><td class="number hide">${when}</td></tr>`;
  });
  return `<h3>Rules</h3><table><thead><tr><th>Rule</th><th>State</th><th>Why</th><th>Entry</th><th class="hide">Collected (UTC)</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}

function documents(states: readonly DocumentState[]): string {
  if (states.length === 0) return "";
  const rows = states.map(({ path, digest, findings }) => {
    const state =
      digest === undefined
        ? '<mark class="missing">not written</mark>'
        : findings.length === 0
          ? '<mark class="holds">passes</mark>'
          : `<mark class="fails">${findings.length} findings</mark>`;
    const bytes =
      digest === undefined
        ? "-"
        : `<code class="short" title="${htmlText(digest)}">${shortDigest(digest)}</code>`;
    return `<tr><td><code>${htmlText(path)}</code></td><td>${state}</td><td>${bytes}</td></tr>`;
  });
  return `<h3>Documents</h3><table><thead><tr><th>Document</th><th>State</th><th>Digest</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}
