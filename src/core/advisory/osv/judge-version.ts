import { isInRange, type Timeline, timelineOf } from "./in-range.ts";
import type { OsvRange } from "./record.ts";
import { shown } from "./record-text.ts";
import type { VersionOrder } from "./version-order.ts";

/** What a record says of the versions of a package. */
export interface AffectedVersions {
  readonly ranges: readonly Pick<OsvRange, "type" | "events">[];
  readonly versions: readonly string[];
}

/** `undecided`: it cannot be told, which is never that it is not affected. */
export type VersionVerdict =
  | { readonly state: "affected"; readonly fixed: readonly string[] }
  | { readonly state: "unaffected" }
  | { readonly state: "undecided"; readonly why: string };

/** More mending versions than anybody reads; each costs a pass over the ranges. */
const MOST_FIXED = 20;

/** `IsVulnerable` of the schema's section "Evaluation": listed, or in any of the ranges. */
export function judgeVersion<Parsed>(
  version: string,
  affected: AffectedVersions,
  order: VersionOrder<Parsed>,
): VersionVerdict {
  const installed = order.parse(version);
  const isListed = affected.versions.some((each) => isSame(version, installed, { each, order }));
  if (installed === undefined) {
    if (isListed) return { state: "affected", fixed: [] };
    return { state: "undecided", why: `the installed "${shown(version)}" is no version that has an order` };
  }
  const { timelines, gap } = readRanges(affected, order);
  if (isListed || timelines.some((each) => isInRange(installed, each, order)))
    return { state: "affected", fixed: mendingVersions(installed, timelines, order) };
  return gap === undefined ? { state: "unaffected" } : { state: "undecided", why: gap };
}

function isSame<Parsed>(
  version: string,
  installed: Parsed | undefined,
  { each, order }: { readonly each: string; readonly order: VersionOrder<Parsed> },
): boolean {
  if (version === each) return true;
  const named = installed === undefined ? undefined : order.parse(each);
  return installed !== undefined && named !== undefined && order.against(installed, named) === 0;
}

interface Ranges<Parsed> {
  readonly timelines: readonly Timeline<Parsed>[];
  /** Why they do not tell the whole. */
  readonly gap: string | undefined;
}

/** Ranges of git commits say nothing of versions; what stands beside them does. */
function readRanges<Parsed>(
  { ranges, versions }: AffectedVersions,
  order: VersionOrder<Parsed>,
): Ranges<Parsed> {
  const timelines: Timeline<Parsed>[] = [];
  const ordered = ranges.filter(({ type }) => type !== "GIT");
  for (const range of ordered) {
    const timeline = timelineOf(range, order);
    if (timeline !== undefined) timelines.push(timeline);
  }
  if (timelines.length < ordered.length)
    return { timelines, gap: "a range of it names something that is no version" };
  if (ordered.length > 0 || versions.length > 0) return { timelines, gap: undefined };
  return {
    timelines,
    gap:
      ranges.length > 0
        ? "it names commits of git, and no version"
        : "it does not say which versions it means",
  };
}

/** Versions above the installed one that fix a range and are not themselves affected; the lowest first. */
function mendingVersions<Parsed>(
  installed: Parsed,
  timelines: readonly Timeline<Parsed>[],
  order: VersionOrder<Parsed>,
): readonly string[] {
  const candidates = timelines.flatMap(({ steps }) =>
    steps.flatMap(({ kind, text, version }) =>
      kind === "fixed" && version !== undefined && order.compare(version, installed) > 0
        ? [{ text, version }]
        : [],
    ),
  );
  candidates.sort((one, other) => order.compare(one.version, other.version));
  const distinct = candidates.filter(
    ({ version }, index) =>
      index === 0 || order.compare(candidates[index - 1]?.version ?? version, version) !== 0,
  );
  return distinct
    .slice(0, MOST_FIXED)
    .filter(({ version }) => !timelines.some((each) => isInRange(version, each, order)))
    .map(({ text }) => text);
}
