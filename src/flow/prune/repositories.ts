import type { ReleaseFact } from "../../core/inventory/reach/keep-releases.ts";
import type { GraphRepository } from "../../core/inventory/reach/registry-graph.ts";
import type { PlannedFleet } from "../plan-fleet.ts";
import { releasesRepository } from "../publish-record.ts";
import { rootRepository } from "../root-ref.ts";
import type { PruneStep } from "./journal.ts";

export interface OurRepository extends Pick<GraphRepository, "host" | "name" | "use"> {
  /** Digests that are looked at even where no tag leads to them. */
  readonly seeds: ReadonlySet<string>;
}

/**
 * The repositories of this fleet, and no other: of its images, those of its releases (images that it had), their build
 * caches, its roots and its records. The catalog is not asked: what else lies in the namespace is not ours.
 */
export function ourRepositories(
  { fleet, host, subjects }: PlannedFleet,
  releases: readonly ReleaseFact[],
  pending: readonly PruneStep[],
): readonly OurRepository[] {
  const { namespace } = fleet.place;
  const found = new Map<string, OurRepository & { seeds: Set<string> }>();
  const open = (at: Omit<OurRepository, "seeds">): Set<string> => {
    const key = `${at.host}/${at.name}`;
    const known = found.get(key) ?? { ...at, seeds: new Set<string>() };
    found.set(key, known);
    return known.seeds;
  };
  for (const { repository: name } of subjects) open({ host, name, use: "image" });
  for (const release of releases) {
    if (release.fleet !== fleet.blueprint.fleet) continue;
    for (const { repository: name, digest } of release.images) open({ host, name, use: "image" }).add(digest);
  }
  open({ host, name: releasesRepository(namespace), use: "releases" });
  for (const { name } of fleet.blueprint.roots) {
    open({ host, name: rootRepository(namespace, name), use: "root" });
  }
  const cache = fleet.blueprint.build.cacheRef;
  if (cache !== undefined) {
    for (const { node } of subjects) {
      const name = [cache.namespace, node.name].filter((part) => part !== undefined).join("/");
      open({ host: cache.host === "local" ? host : cache.host, name, use: "cache" });
    }
  }
  for (const { host, repository, digest } of pending) {
    found.get(`${host}/${repository}`)?.seeds.add(digest);
  }
  return [...found.values()];
}
