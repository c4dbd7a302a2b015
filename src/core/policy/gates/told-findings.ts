import type { GateFinding, GateVerdict } from "./gate.ts";

/**
 * The findings of a verdict, so that each verdict that blocks has one of its own level: where it names none, its reason is
 * one, with the outcome as its id. Who lists findings then leaves out nothing that blocks.
 */
export function toldFindings({ outcome, reason, findings }: GateVerdict): readonly GateFinding[] {
  if (outcome === "passed" || outcome === "waived") return findings;
  const level = outcome === "denied" ? "deny" : outcome;
  if (findings.some((finding) => finding.level === level && finding.waiver === undefined)) return findings;
  return [...findings, { id: outcome, level, message: reason }];
}
