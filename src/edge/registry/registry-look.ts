import { cachedRegistry } from "./cached-registry.ts";
import type { DigestCache } from "./digest-cache.ts";
import type { RegistryError } from "./error.ts";
import type { PackageHosts } from "./github/package-hosts.ts";
import { listedRegistry } from "./listed-registry.ts";
import type { Registry } from "./port.ts";
import type { ManifestListing } from "./powers.ts";

/** A registry for one look at it: nothing is asked twice, and what was read before comes from a cache. */
export interface RegistryLook {
  readonly registry: Registry & ManifestListing;
  readonly packages: PackageHosts;
  /** Keeps what was learnt for the next look. */
  save(): Promise<void>;
}

export interface LookOptions<R extends Registry> {
  readonly registry: R;
  readonly cache: DigestCache;
  readonly packages: PackageHosts;
}

/**
 * For an inventory: tags are asked for, and contents are believed to be there where a tag or a HEAD says so. A host's own
 * listing that refuses is told, and the registry is asked instead.
 */
export function inventoryLook<R extends Registry>(
  { registry, cache, packages }: LookOptions<R>,
  onRefused: (place: string, error: RegistryError) => void,
): RegistryLook & { readonly registry: R } {
  const cached = cachedRegistry(registry, cache);
  return {
    registry: listedRegistry({ registry: cached, contents: cached, packages, onRefused }),
    packages,
    save: () => cache.save(),
  };
}

/**
 * For a clean-up: a content comes from the cache only where the host's own listing says that the host has it, and a
 * listing that refuses is an error. Hosts without one are asked for everything.
 */
export function completeLook<R extends Registry>({
  registry,
  cache,
  packages,
}: LookOptions<R>): RegistryLook & { readonly registry: R } {
  const contents = cachedRegistry(registry, cache);
  return {
    registry: listedRegistry({ registry, contents, packages }),
    packages,
    save: () => cache.save(),
  };
}
