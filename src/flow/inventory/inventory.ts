import { adviceOf, messageOf } from "../../core/base/error.ts";
import { tagJudge } from "../../core/blueprint/tag-kind.ts";
import { type Inventory, takeInventory } from "../../core/inventory/inventory.ts";
import type { DeclaredFact } from "../../core/inventory/observed.ts";
import type { Fleet } from "../load-fleet.ts";
import { findRelease, type KnownRelease, knownReleases, ownReleases } from "../tags/known-releases.ts";
import { openFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { enginePlaces } from "./engine-places.ts";
import { readEngines } from "./read-engines.ts";
import { type RegistryQuestion, readRegistry, unreadRegistry } from "./read-registry.ts";
import { unavailableImages } from "./unavailable-images.ts";

export interface InventoryAsk {
  /** See `enginePlaces`. */
  readonly engines: readonly string[];
  /** The tag of a release to compare the last one with. */
  readonly since: string | undefined;
}

/** Looks at everything, changes nothing but the cache. What does not answer is unknown; `note` events say so. */
export async function inventory(world: World, ask: InventoryAsk): Promise<Inventory> {
  const { fleet, host, state } = await openFleet(world);
  const { namespace } = fleet.place;
  const { insecure, mirrors, packageApis } = fleet.blueprint.build;
  const { registry, save } = await world.registryLook({ insecure, mirrors, packageApis }, (place, error) =>
    warn(world, `the list of packages is of no use, ${place} is asked tag by tag: ${adviceOf(error)}`),
  );
  const source = { registry, host, state, fleet };
  const engines = readEngines(world, enginePlaces(world, fleet, ask.engines));
  // The engines are waited for below; until then a failure here must not leave theirs unhandled.
  engines.catch(() => {});
  const declared = declaredFacts(fleet);
  const { releases, failure } = await readReleases(source, world);
  // A release that is older than those that are looked at by themselves is found by its name.
  const since = ask.since === undefined ? undefined : await findRelease(source, ask.since);
  const known =
    since === undefined || releases.some(({ tag }) => tag === since.tag) ? releases : [since, ...releases];
  const question: RegistryQuestion = {
    registry,
    host,
    namespace,
    repositories: [
      ...new Set([...declared, ...known.flatMap(({ images }) => images)].map(({ repository }) => repository)),
    ],
    expected: expectedTags(known.at(-1)),
    signal: world.kill,
  };
  const { length } = question.repositories;
  world.onEvent({ type: "note", level: "info", message: `asking ${host} about ${length} repositories` });
  const fact = failure === undefined ? await readRegistry(question) : unreadRegistry(question, failure);
  await save();
  const taken = takeInventory({
    declared,
    releases: known,
    registry: fact,
    engines: await engines,
    roleOfTag: tagJudge({ scheme: fleet.blueprint.tag, channels: fleet.blueprint.channels }),
    ...(since === undefined ? {} : { since: since.tag }),
  });
  tellSilence(world, taken, failure);
  return taken;
}

type Source = Parameters<typeof knownReleases>[0];

/** All releases that are known; where the registry does not answer, those of this machine, and why. */
async function readReleases(
  source: Source,
  world: World,
): Promise<{ readonly releases: readonly KnownRelease[]; readonly failure: string | undefined }> {
  try {
    return { releases: await knownReleases(source), failure: undefined };
  } catch (error) {
    world.kill.throwIfAborted();
    return { releases: await ownReleases(source), failure: messageOf(error) };
  }
}

function declaredFacts(fleet: Fleet): readonly DeclaredFact[] {
  const { namespace } = fleet.place;
  const unavailable = unavailableImages(fleet);
  return [...fleet.graph.nodes.values()].map(({ name, declared, base }) => {
    const service = fleet.blueprint.services.find((each) => each.name === declared.service);
    return {
      name,
      repository: namespace === undefined ? name : `${namespace}/${name}`,
      base: base?.name,
      unavailable: unavailable.get(name),
      machines: declared.machine === undefined ? (service?.machines ?? []) : [declared.machine],
    };
  });
}

/** By repository, the tags that the last release put. */
function expectedTags(last: KnownRelease | undefined): RegistryQuestion["expected"] {
  return new Map(last?.images.map(({ repository }) => [repository, last.tag]));
}

function tellSilence(world: World, { engines }: Inventory, failure: string | undefined): void {
  if (failure !== undefined) warn(world, `the registry did not answer: ${failure}`);
  for (const { name, why } of engines) if (why !== undefined) warn(world, `${name} did not answer: ${why}`);
}

function warn(world: World, message: string): void {
  world.onEvent({ type: "note", level: "warning", message });
}
