import type { Finding } from "../core/base/finding.ts";
import { channelFindings } from "../core/policy/channel-findings.ts";
import type { Contradiction } from "../core/policy/contradictions/contradiction.ts";
import type { Decided } from "../core/policy/contradictions/judge.ts";
import { judgeFleet, judgePlan, type PlanReport } from "./check-plan.ts";
import { type Fleet, loadFleet } from "./load-fleet.ts";
import { prepare } from "./prepare.ts";
import type { World } from "./world.ts";

export interface CheckReport {
  readonly fleet: Fleet;
  /** All of them; contradictions that nobody settled are among them. */
  readonly findings: readonly (Finding | Contradiction)[];
  readonly decided: readonly Decided[];
  /** With `plan`: how many of the findings are about the plan, and so keep it from being clean. */
  readonly open: number;
}

export interface CheckFlags {
  /** Also the tags in the registry; all else needs neither registry nor engine. */
  readonly tags?: boolean;
  /** Also the documents that people work from, and the decisions about them. */
  readonly plan?: boolean;
}

/** Everything that can be said of a fleet without a registry and an engine, and with `tags` of what the registry has. */
export async function checkFleet(world: World, { tags, plan }: CheckFlags = {}): Promise<CheckReport> {
  const fleet = await loadFleet(world);
  const { findings } = await prepare(fleet, world.kill);
  await fleet.tree.saveHashes();
  const judged: PlanReport =
    plan === true ? await judgePlan(fleet) : { ...(await judgeFleet(fleet)), findings: [] };
  const open = [...judged.findings, ...judged.open];
  return {
    fleet,
    findings: [
      ...fleet.findings,
      ...findings,
      ...open,
      ...channelFindings(fleet.blueprint),
      ...(tags === true ? await (await import("./tags/check-tags.ts")).tagFindings(world, fleet) : []),
    ],
    decided: judged.decided,
    open: plan === true ? open.length : 0,
  };
}
