import type { GatePolicy } from "../../core/blueprint/gate-policy.ts";
import type { ReductionFacts } from "../../core/policy/gates/reduction.ts";
import type { Fleet } from "../load-fleet.ts";
import type { ReadTarget } from "./scan-targets.ts";

/** By name, how much smaller each service is than its baseline. Empty where the policy asks for no reduction. */
export async function readReductions(
  _fleet: Fleet,
  _gates: GatePolicy,
  _read: readonly ReadTarget[],
): Promise<ReadonlyMap<string, ReductionFacts>> {
  return new Map();
}
