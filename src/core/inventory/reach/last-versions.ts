import { subjectOfTag } from "../../blueprint/tag-form.ts";
import { type GraphRepository, keyOf, type Reason } from "./registry-graph.ts";

const BECAUSE: Reason = {
  rule: "last-version",
  because: "its host keeps a package's last tagged version: delete the whole package where nobody needs it",
};

/**
 * In each repository whose host never gives up the last tagged version, and where no tagged one is held, the newest: it
 * stays anyway, and so must its parts. Where nothing has a tag, the newest of all.
 */
export function lastVersions(
  repositories: readonly GraphRepository[],
  held: ReadonlyMap<string, Reason>,
): ReadonlyMap<string, Reason> {
  const kept = new Map<string, Reason>();
  for (const at of repositories) {
    if (at.lastStays !== true) continue;
    const tagged = at.manifests.filter(({ tags }) => tags.length > 0);
    const candidates = tagged.length > 0 ? tagged : at.manifests;
    if (candidates.some(({ digest }) => held.has(keyOf(at, digest)))) continue;
    // A list of referrers would hold its image as well; an image needs none.
    const images = candidates.filter(({ tags }) => tags.some((tag) => subjectOfTag(tag) === undefined));
    const [newest] = (images.length > 0 ? images : candidates).toSorted(
      (a, b) => (b.pushed ?? 0) - (a.pushed ?? 0) || (a.digest < b.digest ? -1 : 1),
    );
    if (newest !== undefined) kept.set(keyOf(at, newest.digest), BECAUSE);
  }
  return kept;
}
