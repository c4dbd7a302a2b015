import type { PhasePlan } from "../blueprint/phase-plan.ts";
import { type PhaseRecord, refOf } from "./phase-record.ts";
import type { Claim } from "./phase-state.ts";

/** By phase, what the newest imported store says of it. */
export function claimsOf(
  { claims }: Pick<PhaseRecord, "claims">,
  { id }: Pick<PhasePlan, "id">,
): ReadonlyMap<string, Claim> {
  const newest = claims.findLast(({ body }) => body.plan === id);
  if (newest === undefined) return new Map();
  return new Map(newest.body.claims.map(({ phase, done }) => [phase, { entry: refOf(newest), done }]));
}
