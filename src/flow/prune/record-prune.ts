import { canonicalJson, type Json } from "../../core/base/json.ts";
import type { PruneItem, PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import type { PruneBody } from "../../core/record/kinds.ts";
import type { Gathered } from "./gather.ts";
import type { PruneJournal } from "./journal.ts";

export interface PruneRecord {
  done(deleted: readonly PruneItem[], left: PruneBody["left"]): Promise<void>;
}

/** Says in the ledger that a clean-up begins, of what and by which policy; the plan with its reasons is the evidence. */
export async function recordPrune(
  { planned, rules }: Gathered,
  plan: PrunePlan,
  { restoreDigest }: Pick<PruneJournal, "restoreDigest">,
): Promise<PruneRecord> {
  const { ledger, evidence } = planned.state;
  // JSON by its members; interfaces have no index signature.
  const text = canonicalJson(plan as unknown as Json);
  const entry = {
    keep: rules.keep,
    olderThanDays: rules.olderThanDays,
    plan: await evidence.put(new TextEncoder().encode(text)),
    restore: restoreDigest,
    engines: plan.engineRemove.map(({ engine, names }) => ({ engine, names })),
  };
  await ledger.append("prune", { ...entry, state: "started", images: plan.remove.map(manifestOf), left: [] });
  return {
    async done(deleted, left) {
      await ledger.append("prune", { ...entry, state: "done", images: deleted.map(manifestOf), left });
    },
  };
}

function manifestOf({ host, repository, digest, tags }: PruneItem): PruneBody["images"][number] {
  return { host, repository, digest, tags };
}
