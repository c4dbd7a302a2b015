import type { RiskState } from "../../core/policy/risks/risk-state.ts";
import { printable } from "./printable.ts";

/** Each risk with its state, the reason, what was seen, and the way back; then how many are in which state. */
export function renderRisks(states: readonly RiskState[]): string {
  if (states.length === 0) return "the register has no risks (risks: in the blueprint)\n";
  const counts = (["raised", "unknown", "quiet"] as const).flatMap((verdict) => {
    const count = states.filter((state) => state.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return printable(`${[...states.map(renderRisk), counts.join(", ")].join("\n")}\n`);
}

function renderRisk({ risk, verdict, reason, details }: RiskState): string {
  const { id, likelihood, impact, mitigation, fallback } = risk;
  return [
    `${id}  ${verdict.toUpperCase()}  ${risk.risk} (likelihood ${likelihood}, impact ${impact})`,
    `    ${reason}`,
    ...details.map((detail) => `      ${detail}`),
    `    mitigation: ${mitigation}`,
    `    fallback: ${fallback}`,
  ].join("\n");
}

/** One risk as a program reads it. */
export function riskJson({ risk, verdict, reason, details }: RiskState): Readonly<Record<string, unknown>> {
  const { watch: _, ...written } = risk;
  return { ...written, state: verdict, reason, details };
}
