import type { Digest } from "../../base/digest.ts";
import type { Reason } from "./registry-graph.ts";

/** A release, from the ledger or from the registry's records. */
export interface ReleaseFact {
  readonly fleet: string;
  readonly tag: string;
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  readonly images: readonly {
    readonly name: string;
    readonly repository: string;
    readonly identity: Digest;
    readonly digest: Digest;
  }[];
}

export interface JudgedRelease {
  readonly tag: string;
  readonly time: number;
  readonly kept: boolean;
  readonly reason: Reason;
}

export interface KeepRules {
  readonly fleet: string;
  /** How many releases stay whatever their age. */
  readonly keep: number;
  readonly olderThanMs: number;
  readonly now: number;
  /** Images that the blueprint has: the last releases that hold one of them stay, also where later ones left it out. */
  readonly declared: readonly string[];
}

/**
 * Which releases of this fleet stay, newest first. A release goes only when it is beyond the count and old enough, and
 * no declared image has its last `keep` releases in it: partial releases must not push the last GPU images out.
 */
export function judgeReleases(releases: readonly ReleaseFact[], rules: KeepRules): readonly JudgedRelease[] {
  const own = byTag(releases.filter(({ fleet }) => fleet === rules.fleet));
  return own.map((release, rank): JudgedRelease => {
    const { tag, time } = release;
    const reason = keptBecause(release, own, rank, rules);
    if (reason !== undefined) return { tag, time, kept: true, reason };
    const newer = rank === 1 ? "there is 1 newer release" : `there are ${rank} newer releases`;
    const because = `${newer}, and it is ${days(rules.now - time)} old`;
    return { tag, time, kept: false, reason: { rule: "old-release", because } };
  });
}

interface Group {
  readonly tag: string;
  readonly time: number;
  readonly names: ReadonlySet<string>;
}

/** A tag that was released in parts is one release, as young as its youngest part. */
function byTag(releases: readonly ReleaseFact[]): readonly Group[] {
  const groups = new Map<string, { time: number; names: Set<string> }>();
  for (const { tag, time, images } of releases) {
    const group = groups.get(tag) ?? { time, names: new Set() };
    group.time = Math.max(group.time, time);
    for (const { name } of images) group.names.add(name);
    groups.set(tag, group);
  }
  return [...groups]
    .map(([tag, group]) => ({ tag, ...group }))
    .sort((a, b) => b.time - a.time || (a.tag < b.tag ? 1 : -1));
}

function keptBecause(
  release: Group,
  all: readonly Group[],
  rank: number,
  { keep, olderThanMs, now, declared }: KeepRules,
): Reason | undefined {
  if (rank < keep) {
    const because = rank === 0 ? "it is the newest release" : `it is one of the newest ${keep} releases`;
    return { rule: "newest", because };
  }
  if (now - release.time < olderThanMs) {
    return { rule: "young", because: `it is only ${days(now - release.time)} old` };
  }
  const newer = all.slice(0, rank);
  const image = declared.find(
    (name) => release.names.has(name) && newer.filter(({ names }) => names.has(name)).length < keep,
  );
  if (image === undefined) return undefined;
  return { rule: "newest-of-image", because: `it is one of the newest ${keep} releases that hold ${image}` };
}

function days(ms: number): string {
  const count = Math.floor(Math.max(0, ms) / 86_400_000);
  return count === 1 ? "1 day" : `${count} days`;
}
