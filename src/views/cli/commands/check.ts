import type { ExitCode } from "../../../core/base/error.ts";
import { hasErrors } from "../../../core/base/finding.ts";
import { checkFleet } from "../../../flow/check-fleet.ts";
import { renderDecided, renderFinding } from "../../render/findings.ts";
import { summariseVerdicts } from "../../render/verdicts.ts";
import { type Call, flagOn } from "../command.ts";
import { UsageError } from "../error.ts";

export async function run(call: Call): Promise<ExitCode> {
  const { world, flags, io } = call;
  const online = flagOn(flags, "online");
  if (online && !flagOn(flags, "locks")) throw new UsageError("USAGE_FLAG", "--online goes with --locks");
  const { fleet, findings, verdicts, decided, open } = await checkFleet(world, {
    tags: flagOn(flags, "tags"),
    plan: flagOn(flags, "plan"),
    locks: flagOn(flags, "locks") ? { online } : undefined,
  });
  call.endProgress();
  const images = fleet.graph.nodes.size;
  if (flagOn(flags, "json")) {
    const report = {
      version: 1,
      images,
      findings,
      decided,
      ...(verdicts === undefined ? {} : { verdicts }),
    };
    io.out(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const errors = findings.filter(({ level }) => level === "error").length;
    const summary = [
      counted(images, "image"),
      counted(errors, "error"),
      counted(findings.length - errors, "warning"),
      ...(decided.length === 0 ? [] : [`${decided.length} decided`]),
    ].join(", ");
    const shown = flagOn(flags, "all") ? decided.map(renderDecided) : [];
    const locked = verdicts === undefined ? [] : [summariseVerdicts(verdicts)];
    io.out(`${[...findings.map(renderFinding), ...shown, ...locked, summary].join("\n")}\n`);
  }
  // An error is one anywhere; what the plan says of itself must be settled, too.
  if (hasErrors(findings) || open > 0) return 1;
  // Who asks for an answer of the index and gets none has no good answer.
  return online && (verdicts ?? []).some(({ outcome }) => outcome === "unknown") ? 3 : 0;
}

function counted(count: number, word: string): string {
  return `${count === 0 ? "no" : count} ${word}${count === 1 ? "" : "s"}`;
}
