import type { Finding } from "../core/base/finding.ts";
import { channelFindings } from "../core/policy/channel-findings.ts";
import type { Contradiction } from "../core/policy/contradictions/contradiction.ts";
import type { Decided } from "../core/policy/contradictions/judge.ts";
import { INDEX_RULE } from "../core/policy/locks/rules/index-listing.ts";
import { findingsOf, type Verdict } from "../core/policy/verdict.ts";
import { judgeFleet, judgePlan, type PlanReport } from "./check-plan.ts";
import { type Fleet, loadFleet } from "./load-fleet.ts";
import type { LockFlags } from "./locks/verify-locks.ts";
import { prepare } from "./prepare.ts";
import type { World } from "./world.ts";

export interface CheckReport {
  readonly fleet: Fleet;
  /** All of them; contradictions that nobody settled are among them. */
  readonly findings: readonly (Finding | Contradiction)[];
  readonly decided: readonly Decided[];
  /** With `plan`: how many of the findings are about the plan, and so keep it from being clean. */
  readonly open: number;
  /** Of the locks, where they were looked at. */
  readonly verdicts: readonly Verdict[] | undefined;
}

export interface CheckFlags {
  /** Also the tags in the registry; all else needs neither registry nor engine. */
  readonly tags?: boolean;
  /** Also the documents that people work from, and the decisions about them. */
  readonly plan?: boolean;
  /** Also the Python locks that images install; `online`: and whether the package index lists what they pin. */
  readonly locks?: LockFlags | undefined;
}

/** Everything that can be said of a fleet without a registry and an engine, and with `tags` of what the registry has. */
export async function checkFleet(world: World, { tags, plan, locks }: CheckFlags = {}): Promise<CheckReport> {
  const fleet = await loadFleet(world);
  const { findings } = await prepare(fleet, world.kill);
  await fleet.tree.saveHashes();
  const verdicts =
    locks === undefined
      ? undefined
      : await (await import("./locks/verify-locks.ts")).verifyLocks(world, fleet, locks);
  const judged: PlanReport =
    plan === true ? await judgePlan(fleet) : { ...(await judgeFleet(fleet)), findings: [] };
  const open = [...judged.findings, ...judged.open];
  return {
    fleet,
    verdicts,
    findings: [
      ...fleet.findings,
      ...findings,
      ...open,
      ...channelFindings(fleet.blueprint),
      ...(tags === true ? await (await import("./tags/check-tags.ts")).tagFindings(world, fleet) : []),
      ...distinct((verdicts ?? []).filter(isTold(locks)).flatMap(findingsOf)),
    ],
    decided: judged.decided,
    open: plan === true ? open.length : 0,
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
