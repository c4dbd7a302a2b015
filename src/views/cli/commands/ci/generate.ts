import type { ExitCode } from "../../../../core/base/error.ts";
import { generateWorkflows } from "../../../../flow/ci/generate-workflows.ts";
import { renderGenerated } from "../../../render/ci-workflows.ts";
import { type Call, flagOn } from "../../command.ts";
import { UsageError } from "../../error.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  if (operands[0] !== "github") {
    throw new UsageError(
      "USAGE_OPERAND",
      `\`lapstrake ci generate\` writes for github, got "${operands[0] ?? ""}"`,
    );
  }
  const dryRun = flagOn(flags, "dry-run");
  const workflows = await generateWorkflows(world, { dryRun, force: flagOn(flags, "force") });
  endProgress();
  if (flagOn(flags, "json")) {
    const files = workflows.map(({ path, diff, before }) => ({
      path,
      state: diff === "" ? "unchanged" : before === undefined ? "new" : "changed",
      diff,
    }));
    io.out(`${JSON.stringify({ version: 1, written: !dryRun, files }, null, 2)}\n`);
  } else io.out(renderGenerated(workflows, { dryRun }));
  return 0;
}
