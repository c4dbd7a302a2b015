import type { Digest } from "../../core/base/digest.ts";
import { tagPattern } from "../../core/blueprint/tag.ts";
import type { PruneInputs } from "../../core/inventory/reach/prune-plan.ts";
import { isKind } from "../../core/record/entry.ts";
import type { PackageHosts } from "../../edge/registry/github/package-hosts.ts";
import { type PlannedFleet, planFleet } from "../plan-fleet.ts";
import { EVERYTHING } from "../survey-fleet.ts";
import type { World } from "../world.ts";
import { readPending } from "./journal.ts";
import { type PrunableRegistry, type ScannableRegistry, withDeletion, withReferrers } from "./powers.ts";
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
  readonly rules: PruneRules;
  /** Asked anew for everything. */
  readonly registry: PrunableRegistry;
  /** As the plan saw it: contents come from a cache where the host's own list says that they are there. */
  readonly seen: ScannableRegistry;
  /** Hosts that list their packages delete by that API alone. */
  readonly packages: PackageHosts;
  readonly engines: readonly EnginePlace[];
  readonly inputs: PruneInputs;
}

const DAY_MS = 86_400_000;

/** Reads ledger, registry, engines and journal. What cannot be read is in `inputs.unread`; nothing is changed. */
export async function gather(world: World, rules: PruneRules): Promise<Gathered> {
  const planned = await planFleet(world, EVERYTHING);
  const { fleet, host, state, traces } = planned;
  const { insecure, mirrors, packageApis } = fleet.blueprint.build;
  const look = await world.registryScan({ insecure, mirrors, packageApis });
  const registry = withDeletion(planned.registry);
  const seen = withReferrers(look.registry);
  const scheme = tagPattern(fleet.blueprint.tag);
  const known = await readReleases({ ...planned, registry: seen });
  const repositories = ourRepositories(planned, known.releases, await readPending(world, state));
  const places = enginePlaces(world, fleet);
  const [scanned, read, { builds, promised }] = await Promise.all([
    Promise.all(repositories.map((at) => scanRepository({ registry: seen, scheme, signal: world.kill }, at))),
    readEngines(world, places),
    readLedger(planned),
  ]);
  await look.save();
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
  return { planned, rules, registry, seen, packages: look.packages, engines: places, inputs };
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
