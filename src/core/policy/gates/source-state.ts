import type { Digest } from "../../base/digest.ts";
import type { VulnerabilityPolicy } from "../../blueprint/gate-policy.ts";
import type { GateFinding, UsedSource } from "./gate.ts";

const DAY = 86_400_000;

/** Whole days between two instants; negative where the database is from after the day of judgement. */
export function ageInDays(updatedAt: number, asOf: string): number {
  // The end of the day: what was put together on the day of judgement is no day old.
  return Math.floor((Date.parse(`${asOf}T23:59:59.999Z`) - updatedAt) / DAY);
}

/** What keeps a source's answer from being believed: it did not answer, its database is another, or too old. */
export function sourceFindings(used: UsedSource, policy: VulnerabilityPolicy): readonly GateFinding[] {
  const { source, state, why = "it gave no reason", hint, database } = used;
  if (state !== "scanned")
    return [
      {
        id: `source-${source}`,
        level: state,
        message: `${source} did not answer: ${why}`,
        ...(hint === undefined ? {} : { hint }),
      },
    ];
  const wanted = wantedDatabase(source, policy);
  if (wanted !== undefined && database?.digest !== wanted)
    return [
      {
        id: "database-digest",
        level: "unknown",
        message: `the database of ${source} is ${database?.digest ?? "not known"}, the policy names ${wanted}`,
        hint: "bring that database, or change gates.vulnerabilities",
      },
    ];
  if (database !== undefined && database.ageDays > policy.maxAgeDays)
    return [
      {
        id: "database-age",
        level: "unknown",
        message: `the database of ${source} is ${database.ageDays} days old (${database.updatedAt.slice(0, 10)}), at most ${policy.maxAgeDays} are allowed`,
        hint: source === "osv" ? "lapstrake db update" : `bring a newer database for ${source}`,
      },
    ];
  return [];
}

function wantedDatabase(
  source: UsedSource["source"],
  { osv, trivy }: VulnerabilityPolicy,
): Digest | undefined {
  return source === "osv" ? osv?.digest : source === "trivy" ? trivy?.database : undefined;
}
