import type { Digest } from "../../core/base/digest.ts";
import { messageOf } from "../../core/base/error.ts";
import {
  keyOfItem,
  type PruneItem,
  type PrunePlan,
  planPrune,
} from "../../core/inventory/reach/prune-plan.ts";
import type { World } from "../world.ts";
import { createDeletion } from "./delete-item.ts";
import type { Gathered } from "./gather.ts";
import { openPruneJournal } from "./journal.ts";
import { recordPrune } from "./record-prune.ts";
import { removeFromEngines } from "./remove-from-engines.ts";
import { restoreList } from "./restore-list.ts";
import { verifyKept } from "./verify-kept.ts";

export interface Applied {
  /** `interrupted`: by Ctrl-C; `failed`: `failure` says by what. The next run goes on in both cases. */
  readonly outcome: "done" | "interrupted" | "failed";
  readonly deleted: number;
  /** `repository@digest` of what its host does not give up, and of what hangs on that. The next run finds the same. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
  readonly engineImages: number;
  /** What an engine would not let go: a container came to use it. */
  readonly inUse: readonly string[];
  readonly restoreFile: string;
  /** Manifests that stay, and were asked for again afterwards. */
  readonly verified: number;
  readonly failure?: string;
}

/** Does exactly what the plan says, after its restore list is on the disk and the ledger says that it began. */
export async function applyPrune(world: World, gathered: Gathered, plan: PrunePlan): Promise<Applied> {
  const list = await restoreList(world, gathered, plan);
  const journal = await openPruneJournal(world, gathered.planned.state, list);
  const record = await recordPrune(gathered, plan, journal);
  const deletion = new Deletions(world, gathered, plan);
  const { left } = deletion;
  const engines = { engineImages: 0, inUse: [] as string[] };
  const so = (outcome: Applied["outcome"]): Applied => ({
    ...engines,
    outcome,
    deleted: deletion.deleted.length,
    left,
    restoreFile: journal.restoreFile,
    verified: 0,
  });
  try {
    for (const item of plan.remove) {
      if (world.drain.aborted) return so("interrupted");
      await deletion.next(item);
      await journal.stepDone();
    }
    await removeFromEngines(world, gathered, deletion.plan.engineRemove, engines);
  } catch (error) {
    if (deletion.deleted.length === 0) throw error;
    return { ...so(world.kill.aborted ? "interrupted" : "failed"), failure: messageOf(error) };
  }
  const { plan: now, deleted } = deletion;
  const verified = await verifyKept(world, gathered, { plan: now, touched: plan.remove, deleted, journal });
  await record.done(deleted, left);
  return { ...so("done"), verified };
}

/** What goes, one after the other. Where a host refuses one, what hangs on that stays with it. */
class Deletions {
  readonly deleted: PruneItem[] = [];
  readonly left: { name: string; why: string }[] = [];
  /** As if what was refused had always been held. */
  plan: PrunePlan;
  readonly #gathered: Gathered;
  readonly #remove: ReturnType<typeof createDeletion>;
  readonly #refused = new Map<Digest, string>();
  /** What the plan of the beginning gave up, and this one keeps: by key, why. */
  #spared = new Map<string, string>();

  constructor(world: World, gathered: Gathered, plan: PrunePlan) {
    this.plan = plan;
    this.#gathered = gathered;
    this.#remove = createDeletion(world, gathered, plan);
  }

  async next(item: PruneItem): Promise<void> {
    const spared = this.#spared.get(keyOfItem(item));
    const refusal = spared === undefined ? await this.#remove(item) : undefined;
    const why = spared ?? refusal;
    if (why === undefined) this.deleted.push(item);
    else this.left.push({ name: `${item.repository}@${item.digest}`, why });
    if (refusal !== undefined) this.#hold(item);
  }

  #hold({ host, digest }: PruneItem): void {
    this.#refused.set(digest, `${host} does not give it up`);
    const { inputs } = this.#gathered;
    this.plan = planPrune({ ...inputs, pinned: new Map([...inputs.pinned, ...this.#refused]) });
    this.#spared = new Map(this.plan.keep.map((kept) => [keyOfItem(kept), kept.reason.because]));
  }
}
