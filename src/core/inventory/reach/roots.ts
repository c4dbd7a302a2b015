import type { Digest } from "../../base/digest.ts";
import type { JudgedRelease, ReleaseFact } from "./keep-releases.ts";
import { type GraphManifest, keyOf, type Placed, type Reason } from "./registry-graph.ts";
import { type TagMeaning, tagMeaning } from "./tag-meaning.ts";

export interface RootInputs {
  readonly fleet: string;
  readonly host: string;
  readonly now: number;
  readonly olderThanMs: number;
  readonly scheme: RegExp;
  /** Of all fleets that share the namespace. */
  readonly releases: readonly ReleaseFact[];
  readonly judged: readonly JudgedRelease[];
  /** Identity to the time of its last build, in milliseconds, as far as this ledger knows. */
  readonly builds: ReadonlyMap<Digest, number>;
  /** Identities that the work tree makes now. */
  readonly current: ReadonlySet<Digest>;
  /** Digests that something else stands on, with the words that say what: the lock, an open promotion. */
  readonly pinned: ReadonlyMap<Digest, string>;
  /** Digests of manifests or configs that a container uses, each with the words that say which. */
  readonly running: ReadonlyMap<Digest, string>;
}

/** A kept release, by its tag, and everything that it made. */
interface Known {
  readonly kept: ReadonlyMap<string, JudgedRelease>;
  readonly dropped: ReadonlyMap<string, JudgedRelease>;
  readonly keptIdentities: ReadonlyMap<Digest, string>;
  readonly released: ReadonlySet<Digest>;
  /** Of each repository, the newest `-prev` tag. */
  readonly newestPrevious: ReadonlyMap<string, string>;
}

/**
 * What is held by itself, with the first reason that holds it: by a release that is kept, a container, the lock, the
 * work tree, or one of its tags.
 */
export function findRoots(graph: ReadonlyMap<string, Placed>, inputs: RootInputs): Map<string, Reason> {
  const roots = new Map<string, Reason>();
  const known = know(graph, inputs);
  const keptKeys = releasedKeys(inputs, known);
  for (const placed of graph.values()) {
    const reason =
      keptKeys.get(placed.key) ??
      held(placed.manifest, inputs) ??
      heldByRecord(placed.manifest, inputs, known) ??
      heldByTags(placed, inputs, known);
    if (reason !== undefined) roots.set(placed.key, reason);
  }
  return roots;
}

/** Key to reason, for every image of a release that is kept; also where the graph lacks it. */
export function releasedKeys(
  { fleet, host, releases }: Pick<RootInputs, "fleet" | "host" | "releases">,
  { kept }: Pick<Known, "kept">,
): Map<string, Reason> {
  const keys = new Map<string, Reason>();
  for (const release of releases) {
    const judged = kept.get(release.tag);
    const foreign = release.fleet !== fleet;
    if (judged === undefined && !foreign) continue;
    const because = foreign
      ? `release ${release.tag} of the fleet ${release.fleet} has it`
      : `release ${release.tag} has it, and ${judged?.reason.because}`;
    for (const image of release.images) {
      const key = keyOf({ host, name: image.repository }, image.digest);
      if (!keys.has(key)) keys.set(key, { rule: "release", because });
    }
  }
  return keys;
}

function held({ digest, config }: GraphManifest, { running, pinned }: RootInputs): Reason | undefined {
  const user = running.get(digest) ?? (config === undefined ? undefined : running.get(config));
  if (user !== undefined) return { rule: "container", because: `${user} uses it` };
  const because = pinned.get(digest);
  return because === undefined ? undefined : { rule: "pinned", because };
}

function heldByRecord({ record }: GraphManifest, { fleet }: RootInputs, { kept }: Known): Reason | undefined {
  if (record === undefined) return undefined;
  if (record.fleet !== fleet) {
    return { rule: "foreign", because: `it is the record of a release of the fleet ${record.fleet}` };
  }
  const judged = kept.get(record.tag);
  return judged && { rule: "record", because: `it is the record of ${record.tag}: ${judged.reason.because}` };
}

/** All tags of a digest are looked at: one that holds is enough, however old the others are. */
function heldByTags({ at, manifest }: Placed, inputs: RootInputs, known: Known): Reason | undefined {
  // A record of ours was judged as such, whatever its tags are.
  if (manifest.record !== undefined) return undefined;
  const meanings = manifest.tags.map((tag) => ({ tag, meaning: tagMeaning(tag, at.use, inputs.scheme) }));
  for (const { tag, meaning } of meanings) {
    const because = tagHolds({ tag, meaning, repository: at.name, manifest }, inputs, known);
    if (because !== undefined) return { rule: `tag-${meaning.kind}`, because: `tag ${tag}: ${because}` };
  }
  const [only, ...more] = meanings;
  if (only?.meaning.kind === "unproven" && more.length === 0) {
    return { rule: "unproven", because: "a build may be pushing it at this moment" };
  }
  return undefined;
}

interface Tagged {
  readonly tag: string;
  readonly meaning: TagMeaning;
  readonly repository: string;
  readonly manifest: GraphManifest;
}

function tagHolds({ tag, meaning, repository, manifest }: Tagged, inputs: RootInputs, known: Known) {
  switch (meaning.kind) {
    case "other":
      return "it is a channel, or not ours";
    case "release":
      return known.kept.get(tag)?.reason.because ?? unlessDropped(known, tag);
    case "previous":
      if (known.newestPrevious.get(repository) === tag) return "it is the last known good one";
      return known.kept.get(meaning.of)?.reason.because ?? unlessDropped(known, meaning.of);
    case "content":
      return contentHolds(meaning.identity, manifest, { inputs, known });
    case "cache":
      return isOld(manifest.made, inputs) ? undefined : "the cache is in use, or of unknown age";
    case "unproven":
    case "system":
      return undefined;
  }
}

function unlessDropped({ dropped }: Known, tag: string): string | undefined {
  return dropped.has(tag) ? undefined : "no record tells of this release, it may be about to be made";
}

function contentHolds(
  identity: Digest,
  { made, digest }: GraphManifest,
  { inputs, known }: { readonly inputs: RootInputs; readonly known: Known },
): string | undefined {
  const release = known.keptIdentities.get(identity);
  if (release !== undefined) return `release ${release} has this identity`;
  if (inputs.current.has(identity)) return "the work tree makes it now";
  if (known.released.has(digest)) return undefined;
  const time = inputs.builds.get(identity) ?? made;
  return isOld(time, inputs) ? undefined : "it was never released, and is young or of unknown age";
}

function isOld(time: number | undefined, { now, olderThanMs }: RootInputs): boolean {
  return time !== undefined && now - time >= olderThanMs;
}

function know(graph: ReadonlyMap<string, Placed>, inputs: RootInputs): Known {
  const { judged, releases, fleet } = inputs;
  const kept = new Map(judged.filter((each) => each.kept).map((each) => [each.tag, each]));
  const dropped = new Map(judged.filter((each) => !each.kept).map((each) => [each.tag, each]));
  const own = releases.filter((each) => each.fleet === fleet);
  const keptIdentities = new Map(
    own
      .filter(({ tag }) => kept.has(tag))
      .flatMap(({ tag, images }) => images.map(({ identity }) => [identity, tag] as const)),
  );
  const released = new Set(own.flatMap(({ images }) => images.map(({ digest }) => digest)));
  return { kept, dropped, keptIdentities, released, newestPrevious: newestPrevious(graph, inputs) };
}

/** Where releases follow each other, each leaves a `-prev`: only the last one is a promise. */
function newestPrevious(graph: ReadonlyMap<string, Placed>, inputs: RootInputs): ReadonlyMap<string, string> {
  const times = new Map(inputs.judged.map(({ tag, time }) => [tag, time]));
  const newest = new Map<string, { tag: string; time: number }>();
  for (const { at, manifest } of graph.values()) {
    for (const tag of manifest.tags) {
      const meaning = tagMeaning(tag, at.use, inputs.scheme);
      const time = meaning.kind === "previous" ? times.get(meaning.of) : undefined;
      if (time !== undefined && time > (newest.get(at.name)?.time ?? Number.NEGATIVE_INFINITY)) {
        newest.set(at.name, { tag, time });
      }
    }
  }
  return new Map([...newest].map(([repository, { tag }]) => [repository, tag]));
}
