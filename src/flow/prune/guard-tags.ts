import type { PruneItem, PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import type { Registry } from "../../edge/registry/port.ts";
import type { World } from "../world.ts";
import { PruneError } from "./error.ts";

export interface Guarded {
  readonly plan: PrunePlan;
  readonly item: Pick<PruneItem, "host" | "repository">;
}

/**
 * Deleting a digest takes every tag of it along. So each tag of this repository that the plan does not delete, also one
 * that is new, is asked once more what it stands on. PRUNE_MOVED where that is about to go.
 */
export async function guardTags(world: World, registry: Registry, { plan, item }: Guarded): Promise<void> {
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
