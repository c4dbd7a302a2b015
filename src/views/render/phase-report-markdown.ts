import { markdownCode, markdownProse, markdownTable, markdownText } from "../../core/base/markdown-text.ts";
import { quoteNote } from "../../core/phases/documents/form-parts.ts";
import { riskTable } from "../../core/phases/documents/risk-table.ts";
import type { PhaseReport, ReportedPhase } from "../../core/phases/report/phase-report.ts";
import {
  EVENTS_SHOWN,
  entriesText,
  eventText,
  headline,
  LEGEND,
  passedText,
  provenText,
  timeText,
} from "./phase-report-cells.ts";

/** A plan for whoever has to answer for it, as a page to be kept or mailed: the same facts, the same bytes. */
export function renderPhaseReportMarkdown(report: PhaseReport): string {
  const { plan, release, asOf } = report;
  const sections = [
    `# ${markdownText(plan.title)}`,
    `**${headline(report)}**`,
    [
      `- Plan: ${markdownCode(plan.id)}`,
      `- Machines, in order: ${plan.machines.map(markdownText).join(", ") || "none"}`,
      `- Newest release: ${release === undefined ? "none" : markdownCode(release)}`,
      asOf === undefined
        ? "- As of: nothing is recorded yet"
        : `- As of: ledger entry ${asOf.seq} of ${timeText(asOf.time)} UTC, ${markdownCode(asOf.hash)}`,
    ].join("\n"),
    "## Where it stands",
    phaseTable(report),
    ...missingNow(report),
    "## Timeline",
    timeline(report),
    "## Risks",
    risks(report),
    ...report.phases.flatMap(phaseSection),
    "## Evidence",
    evidence(report),
    "## How to read this",
    LEGEND,
  ];
  return `${sections.join("\n\n")}\n`;
}

function phaseTable({ phases }: PhaseReport): string {
  return markdownTable(
    ["Phase", "State", "Rules proven", "Documents", "Why"],
    phases.map((each) => [
      `${each.isPart ? "… " : ""}${markdownText(`${each.state.phase.id} ${each.state.phase.title}`)}`,
      each.state.verdict,
      provenText(each),
      passedText(each),
      markdownProse(each.state.reason),
    ]),
  );
}

function missingNow({ phases, current }: PhaseReport): readonly string[] {
  const now = phases.filter(({ state, gaps }) => current.includes(state.phase.id) && gaps.length > 0);
  if (now.length === 0) return [];
  return [
    "## What is missing now",
    ...now.flatMap((each) => [`Phase ${markdownText(each.state.phase.id)}:`, gapList(each)]),
  ];
}

function gapList({ gaps }: ReportedPhase): string {
  return gaps
    .map(({ what, reason, remedy }) => {
      const way = wayText(remedy);
      return `- ${markdownCode(what)}: ${markdownProse(reason)} → ${way}`;
    })
    .join("\n");
}

function wayText(remedy: string | undefined): string {
  if (remedy === undefined) return "change the plan";
  return remedy.startsWith("lapstrake ") ? markdownCode(remedy) : markdownProse(remedy);
}

function timeline({ timeline: events }: PhaseReport): string {
  if (events.length === 0) return "Nothing is recorded yet.";
  const shown = events.slice(-EVENTS_SHOWN);
  const left = events.length - shown.length;
  const table = markdownTable(
    ["Time (UTC)", "Phase", "What", "Ledger entries"],
    shown.map((event) => [
      timeText(event.first.time),
      markdownText(event.phase),
      markdownText(eventText(event)),
      entriesText(event),
    ]),
  );
  return left === 0 ? table : `${left} earlier events are left out.\n\n${table}`;
}

function risks({ risks: register }: PhaseReport): string {
  if (register.length === 0) return "The plan has no register of risks.";
  return riskTable(register);
}

function phaseSection(reported: ReportedPhase): readonly string[] {
  const { state, gaps } = reported;
  const { phase, gate } = state;
  return [
    `## Phase ${markdownText(phase.id)}: ${markdownText(phase.title)}`,
    `${state.verdict}: ${markdownProse(state.reason)}`,
    quoteNote(phase.note),
    ...(gate === undefined
      ? []
      : [`Gate: ledger entry ${gate.seq} of ${timeText(gate.time)} UTC, ${markdownCode(gate.hash)}`]),
    ...(state.rules.length === 0 ? [] : [ruleTable(reported)]),
    ...(state.documents.length === 0 ? [] : [documentTable(reported)]),
    ...(gaps.length === 0 ? [] : ["Missing:", gapList(reported)]),
  ];
}

function ruleTable({ state }: ReportedPhase): string {
  return markdownTable(
    ["Rule", "Machine", "State", "Why", "Ledger entry"],
    state.rules.map(({ rule, machine, verdict, reason, evidence }) => [
      markdownText(rule.id),
      machine === undefined ? "-" : markdownText(machine),
      verdict === "not-provable" ? "not yet provable" : verdict,
      markdownProse(reason),
      evidence === undefined ? "-" : String(evidence.seq),
    ]),
  );
}

function documentTable({ state }: ReportedPhase): string {
  return markdownTable(
    ["Document", "Findings", "Digest"],
    state.documents.map(({ path, digest, findings }) => [
      markdownCode(path),
      digest === undefined ? "not written" : String(findings.length),
      digest === undefined ? "-" : markdownCode(digest),
    ]),
  );
}

function evidence({ evidence: entries }: PhaseReport): string {
  if (entries.length === 0) return "None is cited.";
  return markdownTable(
    ["Entry", "Time (UTC)", "Phase", "Rule", "Found", "Hash", "Raw facts", "Made by"],
    entries.map(({ seq, time, hash, body }) => [
      String(seq),
      timeText(time),
      markdownText(body.phase),
      markdownText(body.machine === null ? body.rule : `${body.rule}@${body.machine}`),
      body.outcome,
      markdownCode(hash),
      markdownCode(body.output),
      markdownCode(body.argv.join(" ")),
    ]),
  );
}
