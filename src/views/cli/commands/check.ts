import type { ExitCode } from "../../../core/base/error.ts";
import { hasErrors } from "../../../core/base/finding.ts";
import { checkFleet } from "../../../flow/check-fleet.ts";
import { renderFinding } from "../../render/findings.ts";
import { summariseVerdicts } from "../../render/verdicts.ts";
import { type Call, flagOn } from "../command.ts";
import { UsageError } from "../error.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { flags, io, world } = call;
  const online = flagOn(flags, "online");
  if (online && !flagOn(flags, "locks")) throw new UsageError("USAGE_FLAG", "--online goes with --locks");
  const locks = flagOn(flags, "locks") ? { online } : undefined;
  const { fleet, findings, verdicts } = await checkFleet(world, { tags: flagOn(flags, "tags"), locks });
  call.endProgress();
  const images = fleet.graph.nodes.size;
  if (flagOn(flags, "json")) {
    const report = { version: 1, images, findings, ...(verdicts === undefined ? {} : { verdicts }) };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const errors = findings.filter(({ level }) => level === "error").length;
    const summary = [
      counted(images, "image"),
      counted(errors, "error"),
      counted(findings.length - errors, "warning"),
    ].join(", ");
    const locked = verdicts === undefined ? [] : [summariseVerdicts(verdicts)];
    io.out(`${[...findings.map(renderFinding), ...locked, summary].join("\n")}\n`);
  }
  if (hasErrors(findings)) return 1;
  // Who asks for an answer of the index and gets none has no good answer.
  return online && (verdicts ?? []).some(({ outcome }) => outcome === "unknown") ? 3 : 0;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? "no" : count} ${word}${count === 1 ? "" : "s"}`;
}
