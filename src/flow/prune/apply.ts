import { messageOf } from "../../core/base/error.ts";
import type { EngineItem } from "../../core/inventory/reach/engine-leftovers.ts";
import type { PruneItem, PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import { keyOf } from "../../core/inventory/reach/registry-graph.ts";
import type { World } from "../world.ts";
import { PruneError } from "./error.ts";
import type { Gathered } from "./gather.ts";
import { openPruneJournal, type RestoreItem } from "./journal.ts";
import { withRemoval } from "./powers.ts";

export interface Applied {
  /** `interrupted`: by Ctrl-C; `failed`: `failure` says by what. The next run goes on in both cases. */
  readonly outcome: "done" | "interrupted" | "failed";
  readonly deleted: number;
  readonly engineImages: number;
  /** What an engine would not let go: a container came to use it. */
  readonly inUse: readonly string[];
  readonly restoreFile: string;
  /** Manifests that stay, and were asked for again afterwards. */
  readonly verified: number;
  readonly failure?: string;
}

/** Does exactly what the plan says, after its restore list is on the disk. */
export async function applyPrune(world: World, gathered: Gathered, plan: PrunePlan): Promise<Applied> {
  const time = new Date(world.clock()).toISOString();
  const items = await Promise.all(plan.remove.map((item) => restoreItem(world, gathered, item)));
  const journal = await openPruneJournal(world, gathered.planned.state, {
    version: 1,
    fleet: gathered.inputs.fleet,
    time,
    items,
    engines: plan.engineRemove.map(({ engine, id, names }) => ({ engine, id, names })),
  });
  const tally = { deleted: 0, engineImages: 0, inUse: [] as string[], restoreFile: journal.restoreFile };
  const guarded = new Set<string>();
  try {
    for (const item of plan.remove) {
      if (world.drain.aborted) return { ...tally, outcome: "interrupted", verified: 0 };
      const place = `${item.host}/${item.repository}`;
      if (!guarded.has(place)) await guardTags(world, gathered, { plan, item });
      guarded.add(place);
      const { host, repository, digest } = item;
      // False: it is gone already, which is what was asked for.
      await gathered.registry.deleteManifest({ host, repository, digest }, { signal: world.kill });
      tally.deleted += 1;
      await journal.stepDone();
    }
    await removeFromEngines(world, gathered, plan.engineRemove, tally);
  } catch (error) {
    if (tally.deleted === 0) throw error;
    const outcome = world.kill.aborted ? "interrupted" : "failed";
    return { ...tally, outcome, verified: 0, failure: messageOf(error) };
  }
  const verified = await verifyKept(world, gathered, { plan, restoreFile: journal.restoreFile });
  return { ...tally, outcome: "done", verified };
}

async function restoreItem(world: World, { registry }: Gathered, item: PruneItem): Promise<RestoreItem> {
  const { host, repository, digest, mediaType, tags } = item;
  const stored = await registry.readManifest({ host, repository, digest }, { signal: world.kill });
  if (stored === undefined) {
    throw new PruneError("PRUNE_MOVED", `${repository}@${digest} went away while the plan was made`, {
      hint: "somebody else deletes here too: run the same command again",
    });
  }
  return {
    host,
    repository,
    digest,
    mediaType,
    tags,
    manifest: Buffer.from(stored.bytes).toString("base64"),
  };
}

interface Guarded {
  readonly plan: PrunePlan;
  readonly item: Pick<PruneItem, "host" | "repository">;
}

/**
 * Deleting a digest takes every tag of it along. So each tag of this repository that the plan does not delete, also one
 * that is new, is asked once more what it stands on.
 */
async function guardTags(world: World, { registry }: Gathered, { plan, item }: Guarded): Promise<void> {
  const { host, repository } = item;
  const options = { signal: world.kill };
  const here = plan.remove.filter((each) => each.host === host && each.repository === repository);
  const going = new Map(here.map(({ digest, tags }) => [digest, tags]));
  const expected = new Set(here.flatMap(({ tags }) => tags));
  const tags = await registry.listTags({ host, repository }, options);
  await Promise.all(
    tags.map(async (tag) => {
      const found = await registry.resolve({ host, repository, tag }, options);
      if (found === undefined || !going.has(found.digest)) return;
      if (expected.has(tag) && going.get(found.digest)?.includes(tag) === true) return;
      throw new PruneError(
        "PRUNE_MOVED",
        `${repository}:${tag} was put on ${found.digest} since the plan was made`,
        {
          hint: "run the same command again: it is then judged anew",
        },
      );
    }),
  );
}

async function removeFromEngines(
  world: World,
  { engines }: Gathered,
  items: readonly EngineItem[],
  tally: { engineImages: number; readonly inUse: string[] },
): Promise<void> {
  for (const { engine, names } of items) {
    const place = engines.find(({ name }) => name === engine);
    if (place === undefined || world.drain.aborted) continue;
    const removal = withRemoval(await world.engineAt(place.dockerHost));
    const results: string[] = [];
    for (const name of names) results.push(await removal.removeImage(name, { signal: world.kill }));
    const stuck = names.filter((_, index) => results[index] === "in-use");
    tally.inUse.push(...stuck.map((name) => `${name} on ${engine}`));
    if (stuck.length === 0) tally.engineImages += 1;
  }
}

/** Looks whether everything that stays in the repositories that were touched is still there. */
async function verifyKept(
  world: World,
  { registry }: Gathered,
  { plan, restoreFile }: { readonly plan: PrunePlan; readonly restoreFile: string },
): Promise<number> {
  const touched = new Set(plan.remove.map(({ host, repository }) => `${host}/${repository}`));
  const stays = plan.keep.filter(({ host, repository }) => touched.has(`${host}/${repository}`));
  const found = await Promise.all(
    stays.map(({ host, repository, digest }) =>
      registry.resolve({ host, repository, digest }, { signal: world.kill }),
    ),
  );
  const lost = stays.filter((_, index) => found[index] === undefined);
  if (lost.length === 0) return stays.length;
  const names = lost.map(({ host, repository: name, digest }) => keyOf({ host, name }, digest));
  throw new PruneError("PRUNE_LOST", `the registry lost what was to stay: ${names.slice(0, 5).join(", ")}`, {
    details: { lost: names, restoreFile },
    hint: `everything that was deleted is in ${restoreFile}`,
  });
}
