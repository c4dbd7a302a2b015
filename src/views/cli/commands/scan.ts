import { resolve } from "node:path";
import type { ExitCode } from "../../../core/base/error.ts";
import type { ScanReport } from "../../../core/policy/gates/gate.ts";
import { letsThrough } from "../../../core/policy/gates/outcome.ts";
import { scanFleet } from "../../../flow/scan/scan-fleet.ts";
import { renderScan } from "../../render/scan.ts";
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
    keep: true,
  });
  call.endProgress();
  await writeFiles(call, report);
  if (flagOn(flags, "json")) io.out(`${JSON.stringify(report, null, 2)}\n`);
  else io.out(renderScan(report));
  return exitOf(report);
}

/** A waiver that covers nothing, or that is over, is a finding as well. */
function exitOf({ outcome, waivers }: ScanReport): ExitCode {
  return letsThrough(outcome) && waivers.every(({ state }) => state === "used") ? 0 : 1;
}

const FORMS = {
  markdown: async (report: ScanReport) =>
    (await import("../../render/scan-markdown.ts")).renderScanMarkdown(report),
} as const;

async function writeFiles({ flags, io, world }: Call, report: ScanReport): Promise<void> {
  for (const [form, render] of Object.entries(FORMS)) {
    const path = flagText(flags, form);
    if (path === undefined) continue;
    await world.writeFile(resolve(world.cwd, path), await render(report));
    if (!flagOn(flags, "quiet")) io.err(`wrote ${path}\n`);
  }
}
