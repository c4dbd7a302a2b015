import { join, resolve } from "node:path";
import { cyclonedx } from "../../../core/audit/sbom/cyclonedx.ts";
import type { Sbom } from "../../../core/audit/sbom/sbom.ts";
import { spdx } from "../../../core/audit/sbom/spdx.ts";
import type { ExitCode } from "../../../core/base/error.ts";
import { attachMissing } from "../../../flow/sbom/attach-missing.ts";
import { attachSboms } from "../../../flow/sbom/attach-sboms.ts";
import { makeSboms, type SbomReport } from "../../../flow/sbom/make-sboms.ts";
import { renderAttached, renderMissing, renderSboms, sbomsJson } from "../../render/sbom.ts";
import { type Call, flagOn, flagText } from "../command.ts";
import { UsageError } from "../error.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { world, operands, flags, io } = call;
  const folder = flagText(flags, "output");
  if (flagOn(flags, "missing")) return attachOnlyMissing(call);
  const wantsText = folder === undefined && !flagOn(flags, "attach") && !flagOn(flags, "json");
  if (wantsText && operands.length !== 1) throw noPlaceError(operands.length);
  const report = await makeSboms(world, operands, {
    platforms: flagOn(flags, "attach") ? "all" : "first",
  });
  const attached = flagOn(flags, "attach") ? await attachSboms(world, report) : [];
  call.endProgress();
  if (folder !== undefined) await writeAll(call, report, folder);
  if (flagOn(flags, "json")) io.out(`${JSON.stringify(sbomsJson(report, attached), null, 2)}\n`);
  else if (wantsText) io.out(report.images.map(({ sbom }) => `${textOf(call, sbom)}\n`).join(""));
  else io.out(renderSboms(report) + renderAttached(attached));
  for (const { name, why } of wantsText ? report.left : []) io.err(`${name}: no SBOM: ${why}\n`);
  return report.left.length > 0 ? 3 : 0;
}

/** As a release does it before its gates, for a job that has gates of its own. */
async function attachOnlyMissing({ world, operands, flags, io, endProgress }: Call): Promise<ExitCode> {
  if (!flagOn(flags, "attach") || flagText(flags, "output") !== undefined)
    throw new UsageError("USAGE_FLAG", "--missing goes with --attach, and with no --output");
  const report = await attachMissing(world, operands);
  endProgress();
  io.out(
    flagOn(flags, "json") ? `${JSON.stringify({ version: 1, ...report }, null, 2)}\n` : renderMissing(report),
  );
  return report.without.length > 0 ? 3 : 0;
}

function noPlaceError(count: number): UsageError {
  const found = count === 0 ? "none, which means all" : String(count);
  return new UsageError("USAGE_OPERAND", `expected one image, whose SBOM is printed, found ${found}`, {
    hint: "--output DIR writes a file for each; --attach puts them beside their images",
  });
}

function textOf({ flags }: Call, sbom: Sbom): string {
  return flagText(flags, "format") === "spdx"
    ? spdx(sbom)
    : cyclonedx(sbom, { withFiles: !flagOn(flags, "without-files") });
}

async function writeAll(call: Call, { images }: SbomReport, folder: string): Promise<void> {
  const { world, flags, io } = call;
  const ending = flagText(flags, "format") === "spdx" ? "spdx.json" : "cdx.json";
  for (const { target, sbom } of images) {
    const isOneOfSeveral = images.some(
      (other) => other.target !== target && other.target.name === target.name,
    );
    const name = isOneOfSeveral ? `${target.name}-${target.platform}` : target.name;
    // A place outside of the fleet has slashes and colons in its name.
    const file = join(folder, `${name.replace(/[^A-Za-z0-9._-]+/g, "_")}.${ending}`);
    await world.writeFile(resolve(world.cwd, file), `${textOf(call, sbom)}\n`);
    if (!flagOn(flags, "quiet")) io.err(`wrote ${file}\n`);
  }
}
