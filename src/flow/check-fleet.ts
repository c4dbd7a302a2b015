import type { Finding } from "../core/base/finding.ts";
import { channelFindings } from "../core/policy/channel-findings.ts";
import { INDEX_RULE } from "../core/policy/locks/rules/index-listing.ts";
import { findingsOf, type Verdict } from "../core/policy/verdict.ts";
import { type Fleet, loadFleet } from "./load-fleet.ts";
import type { LockFlags } from "./locks/verify-locks.ts";
import { prepare } from "./prepare.ts";
import type { World } from "./world.ts";

export interface CheckReport {
  readonly fleet: Fleet;
  readonly findings: readonly Finding[];
  /** Of the locks, where they were looked at. */
  readonly verdicts: readonly Verdict[] | undefined;
}

export interface CheckFlags {
  /** Also the tags in the registry; all else needs neither registry nor engine. */
  readonly tags: boolean;
  /** Also the Python locks that images install; `online`: and whether the package index lists what they pin. */
  readonly locks?: LockFlags | undefined;
}

/** Everything that can be said of a fleet without a registry and an engine, and with `tags` of what the registry has. */
export async function checkFleet(
  world: World,
  { tags, locks }: CheckFlags = { tags: false },
): Promise<CheckReport> {
  const fleet = await loadFleet(world);
  const { findings } = await prepare(fleet, world.kill);
  await fleet.tree.saveHashes();
  const verdicts =
    locks === undefined
      ? undefined
      : await (await import("./locks/verify-locks.ts")).verifyLocks(world, fleet, locks);
  return {
    fleet,
    verdicts,
    findings: [
      ...fleet.findings,
      ...findings,
      ...familyFindings(fleet),
      ...portFindings(fleet),
      ...channelFindings(fleet.blueprint),
      ...(tags ? await (await import("./tags/check-tags.ts")).tagFindings(world, fleet) : []),
      ...distinct((verdicts ?? []).filter(isTold(locks)).flatMap(findingsOf)),
    ],
  };
}

/** What nobody asked for is no news: that the index was not asked is in the summary, not in a line for each lock. */
function isTold(locks: LockFlags | undefined): (verdict: Verdict) => boolean {
  return ({ rule }) => rule !== INDEX_RULE || locks?.online === true;
}

/** What keeps an index from answering about one lock keeps it from answering about all. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const key = ({ rule, message, at }: Finding): string =>
    `${rule} ${message} ${rule === INDEX_RULE ? "" : at?.file}:${at?.line}`;
  return [...new Map(findings.toReversed().map((finding) => [key(finding), finding])).values()].toReversed();
}

/** A planned service may name a family that does not exist: that is the blueprint's contradiction, and is said. */
function familyFindings(fleet: Fleet): Finding[] {
  return fleet.blueprint.services.flatMap((service): Finding[] => {
    if (!service.planned || service.family === undefined || fleet.graph.nodes.has(service.family)) return [];
    return [
      {
        rule: "unknown-family",
        level: "warning",
        message: `${service.name} is planned on ${service.family}, which is no image of this fleet`,
        at: service.at,
      },
    ];
  });
}

interface Placement {
  readonly service: string;
  readonly port: number;
  readonly use: "service" | "health";
}

/** Two services of one machine on one port: the second to start would fail. */
function portFindings(fleet: Fleet): Finding[] {
  const findings: Finding[] = [];
  for (const machine of fleet.blueprint.machines) {
    const taken = new Map<number, Placement>();
    for (const service of fleet.blueprint.services) {
      if (!service.machines.includes(machine.name)) continue;
      for (const use of ["service", "health"] as const) {
        const port = service.ports[use];
        if (port === undefined) continue;
        const other = taken.get(port);
        if (other === undefined) taken.set(port, { service: service.name, port, use });
        else {
          findings.push({
            rule: "port-taken",
            level: "warning",
            message: `${service.name} and ${other.service} both use port ${port} on ${machine.name} (${use}, ${other.use})`,
            at: service.at,
          });
        }
      }
    }
  }
  return findings;
}
