import { LapstrakeError } from "../core/base/error.ts";
import { previousTag } from "../core/blueprint/tag-form.ts";
import type { PlannedRelease } from "../core/plan/plan.ts";
import type { Trace } from "../core/plan/trace.ts";
import { dirtyError } from "./dirty-error.ts";
import { lastRelease } from "./last-release.ts";
import { releaseTag } from "./release-tag.ts";
import type { SurveyedFleet } from "./survey-fleet.ts";
import { wouldBeSame } from "./unchanged-release.ts";
import type { World } from "./world.ts";

/**
 * What `release` would do with the tags. That the last release's tags still stand is not asked again here: a release
 * asks before it says that there is nothing to do.
 */
export async function plannedRelease(
  world: World,
  surveyed: SurveyedFleet,
  traces: ReadonlyMap<string, Trace>,
): Promise<PlannedRelease | undefined> {
  if (surveyed.isNamed) return undefined;
  const available = surveyed.subjects.filter(({ node }) => traces.get(node.name)?.state !== "unavailable");
  if (available.every(({ node }) => traces.get(node.name)?.state === "present")) {
    const last = await lastRelease(surveyed);
    if (last !== undefined && wouldBeSame(world, { ...surveyed, traces }, last))
      return { state: "unchanged", tag: last.tag };
  }
  try {
    const dirty = dirtyError(surveyed);
    if (dirty !== undefined) throw dirty;
    const { fleet, git } = surveyed;
    const { tag } = releaseTag({ fleet, git, now: world.clock(), env: world.env, identities: [] });
    const images = available.map(({ node }) => node.name);
    return { state: "tag", tag, previous: previousTag(tag), images };
  } catch (error) {
    if (!(error instanceof LapstrakeError)) throw error;
    const { code, message: why, hint } = error;
    return { state: "refused", code, why, ...(hint === undefined ? {} : { hint }) };
  }
}
