import { isKind } from "../../core/record/entry.ts";
import type { ReleaseBody } from "../../core/record/kinds.ts";
import { FlowError } from "../error.ts";
import type { ReleaseSource } from "../last-release.ts";
import { readRecord, releasesRepository } from "../publish-record.ts";

/** A release and when it was recorded (ISO 8601, UTC). */
export type KnownRelease = ReleaseBody & { readonly time: string };

/** Records of other machines that are looked at, those with the newest tags. */
const LOOKED_AT = 10;

/** The releases of this machine's ledger and the newest records of the registry, each once, the oldest first. */
export async function knownReleases(source: ReleaseSource): Promise<readonly KnownRelease[]> {
  const [own, recorded] = await Promise.all([ownReleases(source), recordedReleases(source)]);
  const artifacts = new Set(own.map(({ artifact }) => artifact));
  const others = recorded.filter(({ artifact }) => !artifacts.has(artifact));
  return [...own, ...others].toSorted((a, b) => a.time.localeCompare(b.time));
}

export async function ownReleases({ state }: Pick<ReleaseSource, "state">): Promise<readonly KnownRelease[]> {
  const entries = (await state.ledger.read()).filter((entry) => isKind(entry, "release"));
  return entries.map(({ body, time }) => ({ ...body, time }));
}

async function recordedReleases(source: ReleaseSource): Promise<readonly KnownRelease[]> {
  const at = { host: source.host, repository: releasesRepository(source.fleet.place.namespace) };
  const tags = (await source.registry.listTags(at)).toSorted().slice(-LOOKED_AT);
  const found = await Promise.all(tags.map((tag) => recordUnder(source, tag)));
  return found.flatMap((each) => each ?? []);
}

async function recordUnder(source: ReleaseSource, tag: string): Promise<KnownRelease | undefined> {
  const { registry, host, fleet } = source;
  const stored = await readRecord(
    registry,
    { host, repository: releasesRepository(fleet.place.namespace) },
    tag,
  );
  return stored && { ...stored.record, artifact: stored.digest };
}

/** The newest release of this tag, or of all where it is `last`. Throws FlowError RELEASE_UNKNOWN. */
export async function findRelease(source: ReleaseSource, wanted: string): Promise<KnownRelease> {
  const known = await knownReleases(source);
  const found = wanted === "last" ? known.at(-1) : known.findLast(({ tag }) => tag === wanted);
  const release = found ?? (wanted === "last" ? undefined : await recordUnder(source, wanted));
  if (release !== undefined) return release;
  const newest = known.at(-1)?.tag;
  throw new FlowError(
    "RELEASE_UNKNOWN",
    wanted === "last"
      ? "nothing was released yet"
      : `neither the ledger nor the registry has a release ${wanted}`,
    { hint: newest === undefined ? "run `lapstrake release` first" : `the newest is ${newest}` },
  );
}
