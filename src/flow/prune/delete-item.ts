import type { PruneItem, PrunePlan } from "../../core/inventory/reach/prune-plan.ts";
import type { Packages } from "../../edge/registry/powers.ts";
import type { World } from "../world.ts";
import { PruneError } from "./error.ts";
import type { Gathered } from "./gather.ts";
import { guardTags } from "./guard-tags.ts";

/** Undefined: it is gone. Text: its host does not give it up, and why. */
export type Deletion = string | undefined;

const LAST = "its host keeps a package's last tagged version: delete the whole package there";

/**
 * Deletes one manifest after the other, each looked at again right before. A registry is told its digest; a host that
 * lists its packages the version's id. PRUNE_MOVED where a tag that is to be kept came to stand on it.
 */
export function createDeletion(
  world: World,
  gathered: Gathered,
  plan: PrunePlan,
): (item: PruneItem) => Promise<Deletion> {
  const guarded = new Set<string>();
  return async (item) => {
    const { host, repository, digest } = item;
    const place = `${host}/${repository}`;
    if (!guarded.has(place)) await guardTags(world, gathered.registry, { plan, item });
    guarded.add(place);
    const packages = gathered.packages(host);
    if (packages !== undefined) return deleteVersion({ world, gathered, packages, item });
    // False: it is gone already, which is what was asked for.
    await gathered.registry.deleteManifest({ host, repository, digest }, { signal: world.kill });
    return undefined;
  };
}

interface VersionToDelete {
  readonly world: World;
  readonly gathered: Gathered;
  readonly packages: Packages;
  readonly item: PruneItem;
}

/** A version goes with all its tags, so its tags are read once more in the moment before. */
async function deleteVersion({ world, gathered, packages, item }: VersionToDelete): Promise<Deletion> {
  const { host, repository, digest, tags } = item;
  const options = { signal: world.kill };
  const isThere = async (): Promise<boolean> =>
    (await gathered.registry.resolve({ host, repository, digest }, options)) !== undefined;
  const planned = await versionIdOf(gathered, item, options);
  const versions = (await packages.listVersions(repository, options)) ?? [];
  const version = versions.find((each) => each.digest === digest);
  if (version === undefined) {
    if (await isThere()) throw moved(item, "is no longer listed, and still there");
    return undefined;
  }
  const strange = version.tags.find((tag) => !tags.includes(tag));
  if (strange !== undefined) throw moved(item, `got the tag ${strange}`);
  if (version.id !== planned) throw moved(item, "was deleted and pushed again");
  const others = versions.filter(
    (each) => each.id !== version.id && (version.tags.length === 0 || each.tags.length > 0),
  );
  if (others.length === 0) return LAST;
  const answer = await packages.deleteVersion(repository, version.id, options);
  if (answer.outcome === "refused") return answer.why;
  // GitHub says 404 to a login that may not delete, too.
  if (answer.outcome === "deleted" || !(await isThere())) return undefined;
  throw new PruneError("PRUNE_DENIED", `${host} shows ${repository}, and will not delete of it`, {
    hint: "a classic token with read:packages and delete:packages is needed, of an admin of the package",
  });
}

/** What its host deletes and restores it by, as the plan saw it; undefined where the host lists no packages. */
export async function versionIdOf(
  { seen }: Pick<Gathered, "seen">,
  { host, repository, digest }: Pick<PruneItem, "host" | "repository" | "digest">,
  options: { readonly signal: AbortSignal },
): Promise<number | undefined> {
  const versions = await seen.listManifests({ host, repository }, options);
  return versions?.find((each) => each.digest === digest)?.id;
}

function moved({ repository, digest }: PruneItem, what: string): PruneError {
  return new PruneError("PRUNE_MOVED", `${repository}@${digest} ${what} since the plan was made`, {
    hint: "run the same command again: it is then judged anew",
  });
}
