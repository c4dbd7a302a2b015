import { messageOf } from "../../core/base/error.ts";
import type { ReleaseFact } from "../../core/inventory/reach/keep-releases.ts";
import type { Unread } from "../../core/inventory/reach/registry-graph.ts";
import { isKind } from "../../core/record/entry.ts";
import type { ReleaseBody } from "../../core/record/kinds.ts";
import type { PlannedFleet } from "../plan-fleet.ts";
import { readRecord, releasesRepository } from "../publish-record.ts";

export interface KnownReleases {
  readonly releases: readonly ReleaseFact[];
  readonly unread: readonly Unread[];
}

/** Every release that this machine's ledger or the registry knows, of all fleets that share the namespace. */
export async function readReleases({ state, registry, host, fleet }: PlannedFleet): Promise<KnownReleases> {
  const own = fleet.blueprint.fleet;
  const entries = (await state.ledger.read()).filter((entry) => isKind(entry, "release"));
  const releases = entries.map(({ time, body }) => factOf(own, time, body));
  const unread: Unread[] = [];
  const at = { host, repository: releasesRepository(fleet.place.namespace) };
  const tags = await registry.listTags(at).catch((error: unknown) => {
    unread.push({ what: `the tags of ${at.repository}`, why: messageOf(error) });
    return [];
  });
  await Promise.all(
    tags.map(async (tag) => {
      try {
        const stored = await readRecord(registry, at, tag);
        if (stored !== undefined)
          releases.push(factOf(stored.record.fleet, stored.record.time, stored.record));
      } catch (error) {
        unread.push({ what: `${at.repository}:${tag}`, why: messageOf(error) });
      }
    }),
  );
  return { releases, unread };
}

function factOf(
  fleet: string,
  time: string,
  { tag, images }: Pick<ReleaseBody, "tag" | "images">,
): ReleaseFact {
  return { fleet, tag, time: Date.parse(time), images };
}
