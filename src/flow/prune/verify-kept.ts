import { keyOfItem, type PruneItem, type PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import type { World } from "../world.ts";
import { PruneError } from "./error.ts";
import type { Gathered } from "./gather.ts";
import type { PruneJournal } from "./journal.ts";

/**
 * Looks whether everything that stays in the repositories that were touched is still there. PRUNE_LOST where not. What went
 * before its host refused something that was built on it did not get lost: the image that stays does not need it.
 */
export async function verifyKept(
  world: World,
  { registry }: Gathered,
  done: {
    readonly plan: PrunePlan;
    readonly touched: readonly PruneItem[];
    readonly deleted: readonly PruneItem[];
    readonly journal: Pick<PruneJournal, "restoreFile">;
  },
): Promise<number> {
  const { restoreFile } = done.journal;
  const touched = new Set(done.touched.map(({ host, repository }) => `${host}/${repository}`));
  const deleted = new Set(done.deleted.map(keyOfItem));
  const stays = done.plan.keep.filter(
    (item) => touched.has(`${item.host}/${item.repository}`) && !deleted.has(keyOfItem(item)),
  );
  const found = await Promise.all(
    stays.map(({ host, repository, digest }) =>
      registry.resolve({ host, repository, digest }, { signal: world.kill }),
    ),
  );
  const lost = stays.filter((_, index) => found[index] === undefined);
  if (lost.length === 0) return stays.length;
  const names = lost.map(keyOfItem);
  throw new PruneError("PRUNE_LOST", `the registry lost what was to stay: ${names.slice(0, 5).join(", ")}`, {
    details: { lost: names, restoreFile },
    hint: `everything that was deleted is in ${restoreFile}`,
  });
}
