import type { PruneItem, PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import type { World } from "../world.ts";
import { versionIdOf } from "./delete-item.ts";
import { PruneError } from "./error.ts";
import type { Gathered } from "./gather.ts";
import type { RestoreItem, RestoreList } from "./journal.ts";

/** Everything that the plan deletes, as it is now. PRUNE_MOVED where some of it is gone already. */
export async function restoreList(world: World, gathered: Gathered, plan: PrunePlan): Promise<RestoreList> {
  return {
    version: 1,
    fleet: gathered.inputs.fleet,
    time: new Date(world.clock()).toISOString(),
    items: await Promise.all(plan.remove.map((item) => restoreItem(world, gathered, item))),
    engines: plan.engineRemove.map(({ engine, id, names }) => ({ engine, id, names })),
  };
}

async function restoreItem(world: World, gathered: Gathered, item: PruneItem): Promise<RestoreItem> {
  const { host, repository, digest, mediaType, tags } = item;
  const options = { signal: world.kill };
  const stored = await gathered.seen.readManifest({ host, repository, digest }, options);
  if (stored === undefined) {
    throw new PruneError("PRUNE_MOVED", `${repository}@${digest} went away while the plan was made`, {
      hint: "somebody else deletes here too: run the same command again",
    });
  }
  const id = await versionIdOf(gathered, item, options);
  return {
    host,
    repository,
    digest,
    mediaType,
    tags,
    ...(id === undefined ? {} : { packageVersion: id }),
    manifest: Buffer.from(stored.bytes).toString("base64"),
  };
}
