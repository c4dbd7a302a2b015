import type { ExitCode } from "../../../core/base/error.ts";
import { hasErrors } from "../../../core/base/finding.ts";
import { checkFleet } from "../../../flow/check-fleet.ts";
import { renderDecided, renderFinding } from "../../render/findings.ts";
import { type Call, flagOn } from "../command.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { world, flags, io } = call;
  const { fleet, findings, decided, open } = await checkFleet(world, {
    tags: flagOn(flags, "tags"),
    plan: flagOn(flags, "plan"),
  });
  call.endProgress();
  const images = fleet.graph.nodes.size;
  if (flagOn(flags, "json"))
    io.out(`${JSON.stringify({ version: 1, images, findings, decided }, null, 2)}\n`);
  else {
    const errors = findings.filter(({ level }) => level === "error").length;
    const summary = [
      counted(images, "image"),
      counted(errors, "error"),
      counted(findings.length - errors, "warning"),
      ...(decided.length === 0 ? [] : [`${decided.length} decided`]),
    ].join(", ");
    const shown = flagOn(flags, "all") ? decided.map(renderDecided) : [];
    io.out(`${[...findings.map(renderFinding), ...shown, summary].join("\n")}\n`);
  }
  // An error is one anywhere; what the plan says of itself must be settled, too.
  return hasErrors(findings) || open > 0 ? 1 : 0;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? "no" : count} ${word}${count === 1 ? "" : "s"}`;
}
