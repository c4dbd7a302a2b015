import type { Digest } from "../../core/base/digest.ts";
import { tagPattern } from "../../core/blueprint/tag.ts";
import type { PruneInputs } from "../../core/inventory/reach/prune-plan.ts";
import { isKind } from "../../core/record/entry.ts";
import { type PlannedFleet, planFleet } from "../plan-fleet.ts";
import { EVERYTHING } from "../survey-fleet.ts";
import type { World } from "../world.ts";
import { readPending } from "./journal.ts";
import { type PrunableRegistry, withPowers } from "./powers.ts";
import { type EnginePlace, enginePlaces, readEngines } from "./read-engines.ts";
import { readReleases } from "./read-releases.ts";
import { ourRepositories } from "./repositories.ts";
import { scanRepository } from "./scan-repository.ts";

export interface PruneRules {
  readonly keep: number;
  readonly olderThanDays: number;
}

/** All that a plan is made of, and what is needed to carry it out. */
export interface Gathered {
  readonly planned: PlannedFleet;
  readonly registry: PrunableRegistry;
  readonly engines: readonly EnginePlace[];
  readonly inputs: PruneInputs;
}

const DAY_MS = 86_400_000;

/** Reads ledger, registry, engines and journal. What cannot be read is in `inputs.unread`; nothing is changed. */
export async function gather(world: World, rules: PruneRules): Promise<Gathered> {
  const planned = await planFleet(world, EVERYTHING);
  const { fleet, host, state, traces } = planned;
  const registry = withPowers(planned.registry);
  const scheme = tagPattern(fleet.blueprint.tag);
  const known = await readReleases(planned);
  const repositories = ourRepositories(planned, known.releases, await readPending(world, state));
  const places = enginePlaces(world, fleet);
  const [scanned, read, { builds, promised }] = await Promise.all([
    Promise.all(repositories.map((at) => scanRepository({ registry, scheme, signal: world.kill }, at))),
    readEngines(world, places),
    readLedger(planned),
  ]);
  const identities = [...traces.values()].flatMap((trace) => ("id" in trace ? [trace.id] : []));
  const inputs: PruneInputs = {
    fleet: fleet.blueprint.fleet,
    host,
    scheme,
    keep: rules.keep,
    olderThanMs: rules.olderThanDays * DAY_MS,
    now: world.clock(),
    declared: planned.subjects.map(({ node }) => node.name),
    releases: known.releases,
    builds,
    current: new Set<Digest>(identities),
    pinned: new Map([...promised, ...lockedDigests(planned)]),
    repositories: scanned.map(({ repository }) => repository),
    engines: read.engines,
    unread: [...known.unread, ...scanned.flatMap(({ unread }) => unread), ...read.unread],
  };
  return { planned, registry, engines: places, inputs };
}

function lockedDigests({ fleet }: PlannedFleet): (readonly [Digest, string])[] {
  return Object.entries(fleet.lock?.roots ?? {}).flatMap(([name, root]) => {
    if ("unavailable" in root) return [];
    const because = `lapstrake.lock pins it as ${name}`;
    return [root.digest, ...Object.values(root.platforms ?? {})].map((digest) => [digest, because] as const);
  });
}

/** When each identity was last built, and what a promotion that was begun stands on or came from. */
async function readLedger({ state }: PlannedFleet): Promise<{
  readonly builds: ReadonlyMap<Digest, number>;
  readonly promised: ReadonlyMap<Digest, string>;
}> {
  const builds = new Map<Digest, number>();
  const open = new Map<string, ReadonlyMap<Digest, string>>();
  for (const entry of await state.ledger.read()) {
    if (isKind(entry, "build")) builds.set(entry.body.identity, Date.parse(entry.time));
    if (!isKind(entry, "promotion")) continue;
    const { channel, release, images, state: how } = entry.body;
    const because = `the channel ${channel} is being moved to ${release}`;
    const digests = images.flatMap(({ digest, before }) => (before === null ? [digest] : [digest, before]));
    open.set(channel, new Map(how === "done" ? [] : digests.map((digest) => [digest, because])));
  }
  return { builds, promised: new Map([...open.values()].flatMap((each) => [...each])) };
}
