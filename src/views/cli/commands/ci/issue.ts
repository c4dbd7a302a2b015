import type { ExitCode } from "../../../../core/base/error.ts";
import { tellIssue } from "../../../../flow/ci/tell-issue.ts";
import { printable } from "../../../render/printable.ts";
import { type Call, flagOn } from "../../command.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const [report = "", body = ""] = operands;
  const told = await tellIssue(world, { report, body });
  endProgress();
  if (flagOn(flags, "json")) io.out(`${JSON.stringify({ version: 1, ...told }, null, 2)}\n`);
  else io.out(told.state === "none" ? "nothing to tell\n" : printable(`${told.state} ${told.issue}\n`));
  return 0;
}
