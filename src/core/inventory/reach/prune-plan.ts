import type { Digest } from "../../base/digest.ts";
import { CACHE_TAG } from "../../blueprint/tag-form.ts";
import { digestsInUse, type EngineFacts, type EngineItem, judgeEngineImages } from "./engine-leftovers.ts";
import { type JudgedRelease, judgeReleases, type KeepRules, type ReleaseFact } from "./keep-releases.ts";
import { lastVersions } from "./last-versions.ts";
import { deletionOrder, type Edges, edgesOf, follow, reach } from "./reach.ts";
import {
  type GraphRepository,
  keyOf,
  type Placed,
  placeAll,
  type Reason,
  type Unread,
} from "./registry-graph.ts";
import { findRoots, type RootInputs, releasedKeys } from "./roots.ts";
import { tagMeaning } from "./tag-meaning.ts";

export interface PruneInputs
  extends KeepRules,
    Pick<RootInputs, "host" | "scheme" | "builds" | "current" | "pinned"> {
  readonly releases: readonly ReleaseFact[];
  readonly repositories: readonly GraphRepository[];
  readonly engines: readonly EngineFacts[];
  readonly unread: readonly Unread[];
}

/** A manifest, and why it stays or goes. */
export interface PruneItem {
  readonly host: string;
  readonly repository: string;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly tags: readonly string[];
  readonly reason: Reason;
}

export function keyOfItem({ host, repository: name, digest }: PruneItem): string {
  return keyOf({ host, name }, digest);
}

/** What would be deleted, and what not, and why. A frozen value: `--apply` does exactly this. */
export interface PrunePlan {
  /** `refused`: something is unknown, so nothing is deleted. */
  readonly state: "clean" | "ready" | "refused";
  readonly unread: readonly Unread[];
  /** Newest first. */
  readonly releases: readonly JudgedRelease[];
  readonly keep: readonly PruneItem[];
  /** In the order in which it is safe. */
  readonly remove: readonly PruneItem[];
  readonly engineKeep: readonly EngineItem[];
  readonly engineRemove: readonly EngineItem[];
  /** Bytes of blobs that nothing kept in these repositories has: what the registry's garbage collection can free. */
  readonly freedBytes: number;
}

/** Pure. Nothing that is reachable from what is kept is ever in `remove`; with anything unknown, nothing is. */
export function planPrune(inputs: PruneInputs): PrunePlan {
  const graph = placeAll(inputs.repositories);
  const edges = edgesOf(graph);
  const judged = judgeReleases(inputs.releases, inputs);
  const running = digestsInUse(inputs.engines);
  const roots = findRoots(graph, { ...inputs, judged, running });
  const candidates = ourDescendants(graph, edges, inputs.scheme);
  for (const key of graph.keys()) {
    if (roots.has(key) || candidates.has(key)) continue;
    roots.set(key, { rule: "foreign", because: "nothing says that this fleet made it" });
  }
  for (const [key, reason] of lastVersions(inputs.repositories, reach(graph, edges, roots))) {
    roots.set(key, reason);
  }
  const held = reach(graph, edges, roots);
  const unread = [...inputs.unread, ...missingReleased(graph, inputs, judged)];
  const free = [...graph.keys()].filter((key) => !held.has(key));
  const isRecord = (key: string): boolean => graph.get(key)?.at.use === "releases";
  const order = unread.length > 0 ? [] : deletionOrder(free, edges, isRecord);
  const leftovers = judgeEngineImages({
    engines: inputs.engines,
    repositories: new Set(inputs.repositories.map(({ host, name }) => `${host}/${name}`)),
    kept: digestsOf(graph, held.keys()),
    gone: new Set([...digestsOf(graph, free), ...goneWithReleases(inputs, judged)]),
  });
  const refused: Reason = { rule: "refused", because: "nothing goes while something is unknown" };
  const engineRemove = unread.length > 0 ? [] : leftovers.remove;
  const removed = new Set(order);
  // What goes, by each thing that goes with it.
  const holders = new Map(
    order.flatMap((from) => (edges.down.get(from) ?? []).map((to) => [to, from] as const)),
  );
  return {
    state: unread.length > 0 ? "refused" : order.length + engineRemove.length > 0 ? "ready" : "clean",
    unread,
    releases: judged,
    keep: [...graph.values()]
      .filter(({ key }) => !removed.has(key))
      .map((placed) => itemOf(placed, held.get(placed.key) ?? refused)),
    remove: order.flatMap((key) => {
      const placed = graph.get(key);
      return placed === undefined ? [] : [itemOf(placed, goesBecause(placed, holders))];
    }),
    engineKeep: [
      ...leftovers.keep,
      ...(unread.length > 0 ? leftovers.remove.map((item) => ({ ...item, reason: refused })) : []),
    ],
    engineRemove,
    freedBytes: freedBytes(graph, removed),
  };
}

/** What we made, by a tag of ours or by name, and all that hangs on it. The rest is somebody's, and stays. */
function ourDescendants(graph: ReadonlyMap<string, Placed>, edges: Edges, scheme: RegExp) {
  const ours = [...graph.values()].filter(
    ({ at, manifest }) =>
      manifest.ours ||
      manifest.record !== undefined ||
      manifest.tags.some((tag) => tagMeaning(tag, at.use, scheme).kind !== "other"),
  );
  return follow(
    ours.map(({ key }) => key),
    [edges.down],
  );
}

/** A release that is kept must be whole: one that is not says that the registry or our reading of it is damaged. */
function missingReleased(
  graph: ReadonlyMap<string, Placed>,
  inputs: PruneInputs,
  judged: readonly JudgedRelease[],
): Unread[] {
  const kept = new Map(judged.filter((each) => each.kept).map((each) => [each.tag, each]));
  const own = inputs.releases.filter(({ fleet }) => fleet === inputs.fleet);
  return [...releasedKeys({ ...inputs, releases: own }, { kept })]
    .filter(([key]) => !graph.has(key))
    .map(([key, { because }]) => ({ what: key, why: `it is gone, but ${because}` }));
}

function goneWithReleases(inputs: PruneInputs, judged: readonly JudgedRelease[]): Digest[] {
  const dropped = new Set(judged.filter(({ kept }) => !kept).map(({ tag }) => tag));
  return inputs.releases
    .filter(({ fleet, tag }) => fleet === inputs.fleet && dropped.has(tag))
    .flatMap(({ images }) => images.map(({ digest }) => digest));
}

function goesBecause({ key, at, manifest }: Placed, holders: ReadonlyMap<string, string>): Reason {
  if (at.use === "releases") return { rule: "old-record", because: "its release is not kept" };
  if (manifest.tags.includes(CACHE_TAG)) return { rule: "old-cache", because: "the build cache is old" };
  if (manifest.tags.length > 0) {
    return { rule: "unheld", because: "no kept release has it, and none of its tags holds it" };
  }
  const parent = holders.get(key);
  return parent === undefined
    ? { rule: "unheld", because: "nothing holds it any more" }
    : {
        rule: "part",
        because: `what holds it goes: ${parent.slice(parent.indexOf("/") + 1, parent.indexOf("@") + 20)}`,
      };
}

function itemOf({ at, manifest }: Placed, reason: Reason): PruneItem {
  const { digest, mediaType, tags } = manifest;
  return { host: at.host, repository: at.name, digest, mediaType, tags, reason };
}

function digestsOf(graph: ReadonlyMap<string, Placed>, keys: Iterable<string>): Set<Digest> {
  return new Set([...keys].flatMap((key) => graph.get(key)?.manifest.digest ?? []));
}

/** Registries keep a blob once for all repositories. */
function freedBytes(graph: ReadonlyMap<string, Placed>, removed: ReadonlySet<string>): number {
  const kept = new Set<Digest>();
  const freed = new Map<Digest, number>();
  for (const { key, manifest } of graph.values()) {
    for (const { digest, size } of manifest.blobs) {
      if (removed.has(key)) freed.set(digest, size);
      else kept.add(digest);
    }
  }
  return [...freed].reduce((sum, [digest, size]) => sum + (kept.has(digest) ? 0 : size), 0);
}
