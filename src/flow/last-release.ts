import type { ReleaseBody } from "../core/record/kinds.ts";
import type { Registry } from "../edge/registry/port.ts";
import { readRecord, releasesRepository, type StoredRecord } from "./publish-record.ts";
import type { FleetState } from "./world.ts";

export interface ReleaseSource {
  readonly registry: Registry;
  readonly host: string;
  readonly state: FleetState;
  readonly fleet: { readonly place: { readonly namespace: string | undefined } };
}

/** Records looked at, newest tag first, on a machine that has no ledger of its own. */
const LOOKED_AT = 10;

/** The newest release: of this machine's ledger, or where it has none of the records in the registry. */
export async function lastRelease(source: ReleaseSource): Promise<ReleaseBody | undefined> {
  const entry = await source.state.ledger.last("release");
  return entry?.body ?? (await releaseInRegistry(source));
}

/**
 * The newest release of the registry, where it is newer than all that this machine's ledger knows: another machine made
 * it. Undefined where there is none.
 */
export async function releaseElsewhere(source: ReleaseSource): Promise<ReleaseBody | undefined> {
  const [own, newest] = await Promise.all([source.state.ledger.last("release"), newestRecord(source)]);
  if (newest === undefined || (own !== undefined && own.time >= newest.record.time)) return undefined;
  return { ...newest.record, artifact: newest.digest };
}

/** The newest release, whichever machine made it. */
export async function newestRelease(source: ReleaseSource): Promise<ReleaseBody | undefined> {
  return (await releaseElsewhere(source)) ?? (await source.state.ledger.last("release"))?.body;
}

async function releaseInRegistry(source: ReleaseSource): Promise<ReleaseBody | undefined> {
  const newest = await newestRecord(source);
  return newest === undefined ? undefined : { ...newest.record, artifact: newest.digest };
}

async function newestRecord({ registry, host, fleet }: ReleaseSource): Promise<StoredRecord | undefined> {
  const at = { host, repository: releasesRepository(fleet.place.namespace) };
  // Tags begin with the date; within a day the records themselves say which is the newest.
  const tags = (await registry.listTags(at)).toSorted().slice(-LOOKED_AT);
  const records = (await Promise.all(tags.map((tag) => readRecord(registry, at, tag)))).flatMap(
    (each) => each ?? [],
  );
  return records.toSorted((a, b) => a.record.time.localeCompare(b.record.time)).at(-1);
}
