import type { PackageSource, RestOutcome, RestVersion } from "./github-rest.ts";
import type { RegistryStore } from "./memory-registry-store.ts";

export interface StorePackages extends PackageSource {
  /** By digest; a public version with more than 5,000 cannot be deleted. */
  readonly downloads: Map<string, number>;
  /** What a version's ids were, by `OWNER/NAME@DIGEST`. */
  idOf(repository: string, digest: string): number;
}

interface Deleted {
  readonly digest: string;
  readonly manifest: { readonly mediaType: string; readonly bytes: Buffer; readonly digest: string };
  readonly tags: readonly string[];
}

const REFUSED = (message: string): RestOutcome => ({ status: 400, message });

/**
 * GitHub's packages of a registry in memory: each manifest is a version. The rules of GitHub's answers are kept, since a
 * fake without them lets through what the real one refuses. What nobody has written down is the worst that it could be:
 * a version that is restored takes its tags back from where they went.
 */
export function packagesOf(store: RegistryStore): StorePackages {
  const ids = new Map<string, number>();
  let last = 1000;
  const deleted = new Map<string, Deleted>();
  const downloads = new Map<string, number>();
  const idOf = (repository: string, digest: string): number => {
    const key = `${repository}@${digest}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    last += 1;
    ids.set(key, last);
    return last;
  };
  const versions = (repository: string): RestVersion[] | undefined => {
    const repo = store.repos.get(repository);
    if (repo === undefined || repo.manifests.size === 0) return undefined;
    const listed = [...repo.manifests.keys()].map((digest) => {
      const id = idOf(repository, digest);
      const tags = [...repo.tags].filter(([, stands]) => stands === digest).map(([tag]) => tag);
      const created = new Date(Date.UTC(2026, 0, 1) + id * 60_000).toISOString();
      const metadata = { package_type: "container", container: { tags } } as const;
      return { id, name: digest, created_at: created, metadata };
    });
    return listed.toReversed();
  };
  return {
    downloads,
    idOf,
    names: (owner) =>
      [...store.repos.keys()]
        .filter((repository) => repository.startsWith(`${owner}/`) && versions(repository) !== undefined)
        .map((repository) => repository.slice(owner.length + 1)),
    versions,
    remove(repository, id) {
      const all = versions(repository) ?? [];
      const found = all.find((each) => each.id === id);
      if (found === undefined) return { status: 404 };
      const tagged = all.filter(({ metadata }) => metadata.container.tags.length > 0);
      if (all.length === 1) return REFUSED("You cannot delete the last version of a package.");
      if (tagged.length === 1 && tagged[0] === found)
        return REFUSED("You cannot delete the last tagged version of a package.");
      if ((downloads.get(found.name) ?? 0) > 5000)
        return REFUSED("Publicly visible package versions with more than 5000 downloads cannot be deleted.");
      const { manifests, tags } = store.repo(repository);
      const manifest = manifests.get(found.name);
      if (manifest !== undefined) {
        deleted.set(`${repository} ${id}`, {
          digest: found.name,
          manifest,
          tags: found.metadata.container.tags,
        });
      }
      manifests.delete(found.name);
      for (const tag of found.metadata.container.tags) tags.delete(tag);
      // Pushed again, it is another version.
      ids.delete(`${repository}@${found.name}`);
      return { status: 204 };
    },
    restore(repository, id) {
      const found = deleted.get(`${repository} ${id}`);
      if (found === undefined) return { status: 404 };
      const { manifests, tags } = store.repo(repository);
      manifests.set(found.digest, found.manifest);
      for (const tag of found.tags) tags.set(tag, found.digest);
      ids.set(`${repository}@${found.digest}`, id);
      deleted.delete(`${repository} ${id}`);
      return { status: 204 };
    },
  };
}
