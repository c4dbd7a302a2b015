import type { ExitCode } from "../../../core/base/error.ts";
import { hasErrors } from "../../../core/base/finding.ts";
import { checkFleet } from "../../../flow/check-fleet.ts";
import { renderFinding } from "../../render/findings.ts";
import { type Call, flagOn } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { fleet, findings } = await checkFleet(call.world, { tags: flagOn(call.flags, "tags") });
  call.endProgress();
  const images = fleet.graph.nodes.size;
  if (flagOn(call.flags, "json"))
    call.io.out(`${JSON.stringify({ version: 1, images, findings }, null, 2)}\n`);
  else {
    const errors = findings.filter(({ level }) => level === "error").length;
    const summary = [
      counted(images, "image"),
      counted(errors, "error"),
      counted(findings.length - errors, "warning"),
    ].join(", ");
    call.io.out(`${[...findings.map(renderFinding), summary].join("\n")}\n`);
  }
  return hasErrors(findings) ? 1 : 0;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? "no" : count} ${word}${count === 1 ? "" : "s"}`;
}
