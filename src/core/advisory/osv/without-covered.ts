import { isInRange, timelineOf } from "./in-range.ts";
import type { AffectedVersions } from "./judge-version.ts";
import type { OsvAffected } from "./record.ts";
import { type Ecosystem, withOrder } from "./version-order.ts";

/**
 * The same without what says nothing more: exports list each version that lies in a range as well, which is nine tenths of
 * their bytes. Versions that are none, or lie in no range, stay; so do all where a range names a local version, since
 * installed versions are then not compared by their public part alone. A range of git commits stays where nothing else does.
 */
export function withoutCovered(
  { ranges, versions }: Pick<OsvAffected, "ranges" | "versions">,
  ecosystem: Ecosystem,
): AffectedVersions {
  const ordered = ranges.filter(({ type }) => type !== "GIT");
  const namesLocal = ordered.some(({ events }) => events.some(([, version]) => version.includes("+")));
  const kept = namesLocal && ecosystem === "pypi" ? versions : uncovered(ordered, versions, ecosystem);
  if (ordered.length > 0 || versions.length > 0 || ranges.length === 0)
    return { ranges: ordered, versions: kept };
  return { ranges: [{ type: "GIT", events: [] }], versions: [] };
}

function uncovered(
  ranges: AffectedVersions["ranges"],
  versions: readonly string[],
  ecosystem: Ecosystem,
): readonly string[] {
  return withOrder(ecosystem, (order) => {
    const timelines = ranges.flatMap((range) => timelineOf(range, order) ?? []);
    return versions.filter((text) => {
      const version = order.parse(text);
      return version === undefined || !timelines.some((each) => isInRange(version, each, order));
    });
  });
}
