import type { AllowedAdvisory } from "../../blueprint/risk-watch.ts";
import { quiet, raised, type Sighting, unknown } from "./risk-state.ts";

/** Raised where an entry is over its last day (YYYY-MM-DD, UTC): it would let pass what nobody looks after any more. */
export function allowlistSighting(entries: readonly AllowedAdvisory[], today: string): Sighting {
  if (entries.length === 0) {
    return unknown("the allow-list has no entry, and no scanner has run: nothing is known of false alarms");
  }
  const expired = entries.filter(({ expires }) => today > expires);
  const details = entries.map(
    ({ id, component, expires, approver }) =>
      `${id} for ${component.slice(0, 19)} until ${expires}${today > expires ? ", expired" : ""} (${approver})`,
  );
  if (expired.length > 0)
    return raised(`${expired.length} of ${entries.length} entries have expired`, details);
  return quiet(`${entries.length} entries, all in force`, details);
}
