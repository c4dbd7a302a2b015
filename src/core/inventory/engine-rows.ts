import type { Verdict } from "./drift.ts";
import { containersOf, type NamedImage, unpackedBytes } from "./engine-images.ts";
import type { Context, EngineView } from "./inventory.ts";
import { roleOfRepository } from "./ours.ts";
import { rowOf } from "./registry-rows.ts";
import type { InventoryRow } from "./row.ts";

/** Rows for what engines hold under names that neither registry nor release has. */
export function engineRows(context: Context, rows: readonly InventoryRow[]): readonly InventoryRow[] {
  const covered = new Set(rows.map((row) => `${row.repository}:${row.tag ?? ""}`));
  const extra = new Map<string, InventoryRow>();
  for (const view of context.engines) {
    for (const named of view.all) {
      const key = `${named.host}/${named.repository}:${named.tag ?? named.image.id}`;
      if (extra.has(key)) continue;
      const row = isOurs(context, named) ? ourRow(context, named, covered) : foreignRow(context, view, named);
      if (row !== undefined) extra.set(key, row);
    }
  }
  return [...extra].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** Of the fleet's registry, in a repository that the blueprint or a release names, or that Lapstrake keeps. */
function isOurs(context: Context, { host, repository }: NamedImage): boolean {
  const { registry } = context.observation;
  if (host !== registry.host) return false;
  if (roleOfRepository(repository, registry.namespace) !== undefined) return true;
  return context.declaredAs(repository) !== undefined || context.knowledgeOf(repository).wasReleased;
}

function ourRow(context: Context, named: NamedImage, covered: ReadonlySet<string>): InventoryRow | undefined {
  const { repository, tag } = named;
  const known = context.knowledgeOf(repository);
  const declared = context.declaredAs(repository);
  const role = roleOfRepository(repository, context.observation.registry.namespace) ?? "outside";
  if (tag !== undefined) {
    if (covered.has(`${repository}:${tag}`)) return undefined;
    const verdict: Verdict =
      role === "outside" ? judgeLeftTag(context, named) : { drift: "in-step", reasons: [] };
    return rowOf(context, { known, declared, tag, judged: { role, verdict } });
  }
  // Pulled by digest: the row of the tag that stands on it tells about it already.
  const origin = known.originOf(named.digests);
  if (role !== "outside" || (origin !== undefined && origin.tags.length > 0)) return undefined;
  const release = origin?.releases.at(-1);
  if (release !== undefined && release === known.last?.tag) return undefined;
  const reason = release === undefined ? "no tag and no release names it" : `left from release ${release}`;
  return untagged(context, named, { drift: "orphaned", reasons: [reason] });
}

/** A tag of ours that only engines have: left behind by a release that was pruned, or never pushed. */
function judgeLeftTag(context: Context, { repository, tag, digests }: NamedImage): Verdict {
  const known = context.knowledgeOf(repository);
  const released = tag === undefined ? undefined : known.released(tag);
  const left = released !== undefined && digests.has(released) && known.fact.state === "read";
  return left
    ? { drift: "orphaned", reasons: [`left from release ${tag}, which the registry no longer holds`] }
    : { drift: "in-step", reasons: [] };
}

function untagged(context: Context, named: NamedImage, verdict: Verdict): InventoryRow {
  const known = context.knowledgeOf(named.repository);
  const declared = context.declaredAs(named.repository);
  const row = rowOf(context, { known, declared, tag: undefined, judged: { role: "outside", verdict } });
  return { ...row, ...verdict, current: false, engines: cellsOf(context, named, verdict) };
}

function foreignRow(context: Context, view: EngineView, named: NamedImage): InventoryRow {
  const isHost = named.host === context.observation.registry.host;
  const verdict: Verdict = { drift: "foreign", reasons: [`on ${view.engine.name}, none of this fleet`] };
  return {
    image: isHost ? named.repository : `${named.host}/${named.repository}`,
    repository: `${named.host}/${named.repository}`,
    tag: named.tag,
    role: "outside",
    declared: false,
    current: false,
    ...verdict,
    chosen: false,
    base: undefined,
    released: undefined,
    // Nobody asked its registry, and nobody needs to.
    registry: { state: "unknown", why: "not asked: no image of this fleet" },
    engines: cellsOf(context, named, verdict),
    platforms: [],
    mediaType: undefined,
    compressed: undefined,
    unique: undefined,
    unpacked: unpackedBytes(named.image),
    created: undefined,
    revision: undefined,
    baseDigest: undefined,
  };
}

function cellsOf(context: Context, named: NamedImage, { drift }: Verdict): InventoryRow["engines"] {
  return context.engines.map(({ engine, all }) => {
    const held = all.find(
      (each) =>
        each.host === named.host &&
        each.repository === named.repository &&
        each.tag === named.tag &&
        (each.tag !== undefined || each.image.id === named.image.id),
    );
    const containers =
      held === undefined || engine.state === "unknown" ? [] : containersOf(engine, held.digests);
    return {
      engine: engine.name,
      state: engine.state === "unknown" ? "unknown" : held === undefined ? "absent" : "present",
      digest: held?.image.id,
      drift: engine.state === "unknown" ? "unknown" : held === undefined ? "in-step" : drift,
      containers: containers.length,
      running: containers.filter(({ state }) => state === "running").length,
      unpackedBytes: held === undefined ? undefined : unpackedBytes(held.image),
    };
  });
}
