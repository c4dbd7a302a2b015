import type { ExitCode } from "../../../../core/base/error.ts";
import { hasErrors } from "../../../../core/base/finding.ts";
import { checkWorkflows } from "../../../../flow/ci/check-workflows.ts";
import { renderChecked } from "../../../render/ci-workflows.ts";
import { type Call, flagOn } from "../../command.ts";

export async function run({ flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const report = await checkWorkflows(world);
  endProgress();
  io.out(
    flagOn(flags, "json") ? `${JSON.stringify({ version: 1, ...report }, null, 2)}\n` : renderChecked(report),
  );
  return hasErrors(report.findings) ? 1 : 0;
}
