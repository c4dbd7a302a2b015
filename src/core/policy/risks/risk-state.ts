import type { Risk } from "../../blueprint/phase-plan.ts";

/** "unknown": nobody could look, or nothing says where to look. It is never good news. */
export type RiskVerdict = "quiet" | "raised" | "unknown";

/** What was seen of one risk, in one sentence, and what it was seen in. */
export interface Sighting {
  readonly verdict: RiskVerdict;
  readonly reason: string;
  readonly details: readonly string[];
}

export interface RiskState extends Sighting {
  readonly risk: Risk;
}

export function quiet(reason: string, details: readonly string[] = []): Sighting {
  return { verdict: "quiet", reason, details };
}

export function raised(reason: string, details: readonly string[] = []): Sighting {
  return { verdict: "raised", reason, details };
}

export function unknown(reason: string, details: readonly string[] = []): Sighting {
  return { verdict: "unknown", reason, details };
}
