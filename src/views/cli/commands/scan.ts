import { resolve } from "node:path";
import type { ExitCode } from "../../../core/base/error.ts";
import type { ScanReport } from "../../../core/policy/gates/gate.ts";
import { letsThrough } from "../../../core/policy/gates/outcome.ts";
import { scanFleet } from "../../../flow/scan/scan-fleet.ts";
import { createPaint } from "../../render/progress-text.ts";
import { renderScan } from "../../render/scan.ts";
import { fleetOutcome } from "../../render/scan-outcome.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, operands, world } = call;
  const family = flagText(flags, "family");
  if (family !== undefined && operands.length > 0)
    throw new UsageError("USAGE_FLAG", "named images and --family exclude each other");
  const report = await scanFleet(world, {
    images: family === undefined ? operands : [family],
    dependents: family !== undefined,
    tree: flagOn(flags, "tree"),
    keep: true,
  });
  const files = await renderFiles(call, report);
  call.endProgress();
  await writeFiles(call, files);
  if (flagOn(flags, "json")) io.out(`${JSON.stringify(report, null, 2)}\n`);
  else io.out(renderScan(report, { ...styleOf(call), canaries: flagOn(flags, "canary") }));
  return exitOf(report);
}

function styleOf({ io }: Call) {
  const colour = io.outIsTerminal && (io.env["NO_COLOR"] ?? "") === "";
  return { paint: createPaint(colour), columns: io.outIsTerminal ? io.errSize().columns : PIPED_COLUMNS };
}

const PIPED_COLUMNS = 80;

/** A waiver that covers nothing, or that is over, is a finding as well; one that has not begun is none yet. */
function exitOf(report: ScanReport): ExitCode {
  const { images, waivers } = report;
  if (images.length === 0) return 3;
  const isClean =
    letsThrough(fleetOutcome(report).outcome) &&
    waivers.every(({ state }) => state === "used" || state === "pending");
  return isClean ? 0 : 1;
}

const FORMS: Readonly<Record<string, (call: Call, report: ScanReport) => Promise<string>>> = {
  async sarif({ world }, report) {
    const { scanSarif } = await import("../../render/scan-sarif.ts");
    const { fleetInRepository } = await import("../../../flow/audit/fleet-in-repository.ts");
    return scanSarif({ report, version: world.version, ...(await fleetInRepository(world)) });
  },
  async markdown(_call, report) {
    const { renderScanMarkdown } = await import("../../render/scan-markdown.ts");
    return renderScanMarkdown(report);
  },
  async html({ world }, report) {
    const { renderScanHtml } = await import("../../render/scan-html.ts");
    const { measureScanned } = await import("../../../flow/scan/measure-scanned.ts");
    return renderScanHtml(report, { sizes: await measureScanned(world, report) });
  },
};

interface RenderedFile {
  readonly path: string;
  readonly text: string;
}

/** The forms that were asked for as files. */
async function renderFiles(call: Call, report: ScanReport): Promise<readonly RenderedFile[]> {
  const files: RenderedFile[] = [];
  for (const [flag, render] of Object.entries(FORMS)) {
    const path = flagText(call.flags, flag);
    if (path !== undefined) files.push({ path, text: await render(call, report) });
  }
  return files;
}

async function writeFiles({ flags, io, world }: Call, files: readonly RenderedFile[]): Promise<void> {
  for (const { path, text } of files) {
    await world.writeFile(resolve(world.cwd, path), text);
    if (!flagOn(flags, "quiet")) io.err(`wrote ${path}\n`);
  }
}
