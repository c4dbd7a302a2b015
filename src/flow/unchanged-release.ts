import type { Digest } from "../core/base/digest.ts";
import { contentTag } from "../core/graph/identity.ts";
import { type Trace, traceFleet } from "../core/plan/trace.ts";
import type { ReleaseBody, UnavailableImage } from "../core/record/kinds.ts";
import { lastRelease, releaseElsewhere } from "./last-release.ts";
import { rootStates } from "./observe.ts";
import type { PlannedFleet } from "./plan-fleet.ts";
import { releasesRepository } from "./publish-record.ts";
import { releaseTag } from "./release-tag.ts";
import type { SurveyedFleet } from "./survey-fleet.ts";
import { checkTags } from "./tags.ts";
import type { World } from "./world.ts";

/** What both a survey and a plan have: enough to say whether a release is what this tree makes. */
type Judged = Pick<SurveyedFleet, "fleet" | "host" | "registry" | "state" | "git" | "subjects">;

/**
 * The last release of this machine's ledger, where this run would make the same again: same commit, same identities,
 * whatever the date. One round of questions confirms it: each of its tags stands on its digest, and so does its record.
 * The record, which is content-addressed, binds identities to digests; the content names need not be asked for.
 */
export async function confirmRelease(
  world: World,
  surveyed: SurveyedFleet,
): Promise<ReleaseBody | undefined> {
  const last = (await surveyed.state.ledger.last("release"))?.body;
  if (last === undefined || last.artifact === null) return undefined;
  const contents = new Map(
    last.images.map((image) => [`${image.repository}:${contentTag(image.identity)}`, image.digest]),
  );
  const traces = traceFleet(surveyed.subjects, { contents, roots: rootStates(surveyed.fleet.lock) });
  if (!wouldBeSame(world, { ...surveyed, traces }, last)) return undefined;
  const { registry, host, fleet } = surveyed;
  const record = { host, repository: releasesRepository(fleet.place.namespace), digest: last.artifact };
  const [missing, stands] = await Promise.all([
    checkTags(surveyed, { tag: last.tag, images: last.images, signal: world.kill }),
    registry.resolve(record, { signal: world.kill }),
  ]);
  return missing.length === 0 && stands !== undefined ? last : undefined;
}

/** The same, by the content names that the registry was asked for: also for releases that another machine made. */
export async function unchangedRelease(
  world: World,
  planned: PlannedFleet,
): Promise<ReleaseBody | undefined> {
  if (planned.plan.images.some(({ action }) => action === "build" || action === "wait")) return undefined;
  for (const find of [lastRelease, releaseElsewhere]) {
    const last = await find(planned);
    if (last === undefined || !wouldBeSame(world, planned, last)) continue;
    const missing = await checkTags(planned, { tag: last.tag, images: last.images, signal: world.kill });
    if (missing.length === 0) return last;
  }
  return undefined;
}

/** Whether a release of this tree would have the same commit, identities and digests as that one. */
export function wouldBeSame(
  world: World,
  judged: Judged & { readonly traces: ReadonlyMap<string, Trace> },
  last: ReleaseBody,
): boolean {
  const { git, traces, subjects } = judged;
  const isPart = leftOutOf(judged).length > 0;
  if (last.partial && !isPart) return false;
  if (last.sha !== (git.kind === "git" ? git.head : null)) return false;
  if (last.dirty !== (git.kind === "git" && git.dirty.length > 0)) return false;
  const released = new Map(last.images.map((image) => [image.name, image]));
  const open = subjects.filter(({ node }) => traces.get(node.name)?.state !== "unavailable");
  // A release of a part is still true where the last one held more; a whole one must hold exactly these.
  if (!isPart && open.length !== released.size) return false;
  const identities: Digest[] = [];
  for (const { node } of open) {
    const trace = traces.get(node.name);
    const image = released.get(node.name);
    if (trace?.state !== "present" || image?.identity !== trace.id || image.digest !== trace.digest)
      return false;
    identities.push(trace.id);
  }
  // A tag that is asked for by name is made, whatever stands already.
  return (world.env["TAG"] ?? "") === "" || nextTag(world, judged, identities) === last.tag;
}

function nextTag(world: World, { fleet, git }: Judged, identities: readonly Digest[]): string {
  return releaseTag({ fleet, git, now: world.clock(), env: world.env, identities: identities.toSorted() })
    .tag;
}

/** Images of the fleet that this run is not about. */
export function leftOutOf({
  fleet,
  subjects,
}: Pick<Judged, "fleet" | "subjects">): readonly UnavailableImage[] {
  const about = new Set(subjects.map(({ node }) => node.name));
  return [...fleet.graph.nodes.values()]
    .filter(({ name }) => !about.has(name))
    .map(({ name, declared }) => ({
      name,
      why: `tier ${declared.tier} was not asked for`,
      cause: "choice",
    }));
}
