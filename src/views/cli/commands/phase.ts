import { resolve } from "node:path";
import type { ExitCode } from "../../../core/base/error.ts";
import type { CollectOptions } from "../../../flow/phases/collect.ts";
import { collectPhase, firstOpen } from "../../../flow/phases/collect-phase.ts";
import { findPhase, requirePlan } from "../../../flow/phases/find-phase.ts";
import { finishPhase } from "../../../flow/phases/finish-phase.ts";
import { importStore } from "../../../flow/phases/import-store.ts";
import { openPhases, type PhaseView, viewPhases } from "../../../flow/phases/open-phases.ts";
import { PHASE_PORTS } from "../../../flow/phases/ports.ts";
import { reopenPhase } from "../../../flow/phases/reopen-phase.ts";
import { renderPhase } from "../../render/phase-detail.ts";
import { phaseJson } from "../../render/phase-json.ts";
import {
  renderCollected,
  renderDone,
  renderDrafted,
  renderImported,
  renderReopened,
} from "../../render/phase-results.ts";
import { renderPhaseTree } from "../../render/phase-tree.ts";
import { createPaint } from "../../render/progress-text.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";
import { type PhaseOperands, phaseOperands } from "../phase-operands.ts";
import { waitOf } from "../selection.ts";

export async function run(call: Call): Promise<ExitCode> {
  const asked = phaseOperands(call.operands);
  switch (asked.verb) {
    case "list":
      return list(call, asked);
    case "show":
      return show(call, asked);
    case "next":
      return next(call, asked);
    case "collect":
      return collect(call, asked);
    case "draft":
      return draft(call, asked);
    case "done":
      return done(call, asked);
    case "reopen":
      return reopen(call, asked);
    case "report":
      return report(call, asked);
    case "import":
      return importFile(call, asked);
  }
}

async function view({ world }: Call, { plan }: PhaseOperands): Promise<PhaseView> {
  const opened = await openPhases(world);
  requirePlan(opened.plan, plan);
  return viewPhases(world, opened, PHASE_PORTS);
}

async function list(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const { plan, today, phases } = await view(call, asked);
  const release = today.release?.tag;
  const { io } = call;
  const paint = createPaint(io.outIsTerminal && (io.env["NO_COLOR"] ?? "") === "");
  answer(call, jsonOf(plan, release, phases), () => renderPhaseTree({ plan, release, phases }, paint));
  return 0;
}

async function show(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const { plan, today, phases } = await view(call, asked);
  const wanted = asked.phase === undefined ? undefined : findPhase(plan, asked.phase);
  const shown = phases.filter(({ phase }) => wanted === undefined || phase.id === wanted.id);
  answer(call, jsonOf(plan, today.release?.tag, shown), () => shown.map(renderPhase).join("\n"));
  return 0;
}

/** The first phase that is not done, in full: what to do is what it lacks. */
async function next(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const { plan, today, phases } = await view(call, asked);
  const isDone = phases.every(({ verdict }) => verdict === "done");
  const { id } = firstOpen(plan, phases);
  const shown = isDone ? [] : phases.filter(({ phase }) => phase.id === id);
  answer(call, jsonOf(plan, today.release?.tag, shown), () =>
    isDone ? `all phases of ${plan.id} are done\n` : shown.map(renderPhase).join("\n"),
  );
  return 0;
}

async function collect(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const report = await collectPhase(
    call.world,
    { ...asked, machine: flagText(call.flags, "machine"), wait: waitOf(call.flags) },
    collecting(call),
  );
  const { state, ...rest } = report;
  answer(call, { ...rest, state: state === undefined ? null : phaseJson(state) }, () =>
    renderCollected(report),
  );
  return report.exit;
}

async function draft(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const { draftPhase } = await import("../../../flow/phases/draft-phase.ts");
  const report = await draftPhase(call.world, asked, PHASE_PORTS);
  answer(call, report, () => renderDrafted(report));
  return 0;
}

async function done(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const ask = { plan: asked.plan, phase: asked.phase ?? "", wait: waitOf(call.flags) };
  const report = await finishPhase(call.world, ask, collecting(call));
  answer(call, report, () => renderDone(report));
  return report.exit;
}

async function reopen(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const why = (flagText(call.flags, "why") ?? "").trim();
  if (why === "") {
    throw new UsageError("USAGE_FLAG", "`lapstrake phase reopen` needs --why TEXT", {
      hint: "the reason is kept in the ledger for good",
    });
  }
  const { argv } = collecting(call);
  const report = await reopenPhase(
    call.world,
    { plan: asked.plan, phase: asked.phase ?? "", why, wait: waitOf(call.flags), command: argv.join(" ") },
    PHASE_PORTS,
  );
  answer(call, report, () => renderReopened(report));
  return report.exit;
}

/** Markdown on stdout; with --output or --html into files instead. */
async function report(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const { world, flags } = call;
  const { plan, ledger, today, phases } = await view(call, asked);
  const { phaseReport } = await import("../../../core/phases/report/phase-report.ts");
  const made = phaseReport({ plan, states: phases, record: ledger.record, release: today.release?.tag });
  const files = {
    output: async () =>
      (await import("../../render/phase-report-markdown.ts")).renderPhaseReportMarkdown(made),
    html: async () => (await import("../../render/phase-report-html.ts")).renderPhaseReportHtml(made),
  };
  const written: string[] = [];
  for (const flag of ["output", "html"] as const) {
    const path = flagText(flags, flag);
    if (path === undefined) continue;
    await world.writeFile(resolve(world.cwd, path), await files[flag]());
    written.push(path);
  }
  const text = written.length > 0 ? written.map((path) => `wrote ${path}\n`).join("") : await files.output();
  answer(call, { ...jsonOf(plan, today.release?.tag, phases), written }, () => text);
  return 0;
}

async function importFile(call: Call, asked: PhaseOperands): Promise<ExitCode> {
  const report = await importStore(call.world, {
    plan: asked.plan,
    file: asked.file ?? "",
    wait: waitOf(call.flags),
    command: "lapstrake phase import",
  });
  answer(call, report, () => renderImported(report));
  return report.exit;
}

function collecting({ operands, flags }: Call): CollectOptions {
  const machine = flagText(flags, "machine");
  const argv = ["lapstrake", "phase", ...operands, ...(machine === undefined ? [] : ["--machine", machine])];
  return { ...PHASE_PORTS, argv };
}

function jsonOf(
  plan: PhaseView["plan"],
  release: string | undefined,
  phases: PhaseView["phases"],
): Readonly<Record<string, unknown>> {
  return { plan: plan.id, title: plan.title, release: release ?? null, phases: phases.map(phaseJson) };
}

function answer(call: Call, json: object, text: () => string): void {
  call.endProgress();
  call.io.out(flagOn(call.flags, "json") ? `${JSON.stringify({ version: 1, ...json }, null, 2)}\n` : text());
}
