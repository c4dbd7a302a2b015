import { resolve } from "node:path";
import type { ExitCode } from "../../../core/base/error.ts";
import { measureImages, type SizeAsk, type SizeReport } from "../../../flow/size/measure-images.ts";
import { renderSize, sizeJson } from "../../render/size.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";
import { countOf, tierOf } from "../selection.ts";

const TOP = 10;

export async function run(call: Call): Promise<ExitCode> {
  const { world, flags, io, operands } = call;
  if (flagOn(flags, "baseline")) return runBaseline(call);
  const ask = askOf(call);
  const top = countOf(flags, "top", 1) ?? TOP;
  const report = await measureImages(world, ask);
  call.endProgress();
  await writePage(call, report);
  if (flagOn(flags, "json")) io.out(`${JSON.stringify(sizeJson(report), null, 2)}\n`);
  else io.out(renderSize(report, { top, detailed: operands.length > 0 || report.images.length === 1 }));
  return report.left.length > 0 ? 3 : 0;
}

/** Another job under the same name, with flags of its own. */
async function runBaseline(call: Call): Promise<ExitCode> {
  const foreign = ["family", "since", "top", "html"].filter((flag) => call.flags[flag] !== undefined);
  if (foreign.length > 0)
    throw new UsageError("USAGE_FLAG", `--baseline and --${foreign[0]} exclude each other`);
  const { run: runIt } = await import("./size-baseline.ts");
  return runIt(call);
}

function askOf({ operands, flags }: Call): SizeAsk {
  const family = flagText(flags, "family");
  const tier = tierOf(flags);
  if (operands.length > 0 && (family !== undefined || tier !== undefined))
    throw new UsageError("USAGE_FLAG", "named images exclude --family and --tier");
  return {
    images: family === undefined ? operands : [family],
    dependents: family !== undefined,
    tier,
    since: flagText(flags, "since"),
  };
}

async function writePage({ flags, io, world }: Call, report: SizeReport): Promise<void> {
  const path = flagText(flags, "html");
  if (path === undefined) return;
  const { renderSizeHtml } = await import("../../render/size-html.ts");
  await world.writeFile(resolve(world.cwd, path), renderSizeHtml(report));
  if (!flagOn(flags, "quiet")) io.err(`wrote ${path}\n`);
}
