import type { Digest } from "../../core/base/digest.ts";
import type { ImageRef } from "../../core/oci/reference.ts";
import { RegistryError, type RegistryErrorCode } from "./error.ts";
import type { PackageHosts } from "./github/package-hosts.ts";
import { fallbackTag } from "./http/fallback-index.ts";
import type { CallOptions, Registry, Repository, StoredManifest } from "./port.ts";
import type { Catalog, ManifestListing, PackageVersion, ReferrerListing } from "./powers.ts";

export interface ListedOptions<R extends Registry> {
  /** Asked for everything that no listing tells. */
  readonly registry: R;
  /** Contents by digest, where a listing says that they are there: it may be a cache. */
  readonly contents: Registry;
  readonly packages: PackageHosts;
  /**
   * A listing refuses: told once for a host (or for one repository of it), and the registry itself is asked. Left out,
   * the refusal is the answer: whoever deletes must not mistake a part for the whole.
   */
  readonly onRefused?: (place: string, error: RegistryError) => void;
}

/** What a listing says of a repository. */
interface Listed {
  readonly versions: readonly PackageVersion[];
  readonly digests: ReadonlySet<Digest>;
  /** Undefined where two versions claim the tag: then the registry has the word. */
  readonly tags: ReadonlyMap<string, Digest | undefined>;
}

/** What a listing leads to: undefined where the registry itself is to be asked. */
type Find = (ref: ImageRef, call?: CallOptions) => Promise<StoredManifest | undefined>;

/**
 * The same registry for one look at it: where a host lists its packages, tags and digests are read from that list, at one
 * request for a hundred manifests, and each repository's list once. A listing may be a moment behind: what it does not
 * name, or names and the registry has not, the registry is asked for.
 */
export function listedRegistry<R extends Registry>(options: ListedOptions<R>): R & ManifestListing {
  const { registry, contents } = options;
  const lists = new Lists(options);
  const find: Find = async (ref, call) => {
    const listed = await lists.of(ref, call);
    const digest = ref.digest ?? (ref.tag === undefined ? undefined : listed?.tags.get(ref.tag));
    if (digest === undefined || listed?.digests.has(digest) !== true) return undefined;
    return contents.readManifest({ host: ref.host, repository: ref.repository, digest }, call);
  };
  return {
    ...registry,
    resolve: async (ref, call) => (await find(ref, call))?.descriptor ?? registry.resolve(ref, call),
    readManifest: async (ref, call) => (await find(ref, call)) ?? registry.readManifest(ref, call),
    async listTags(at, call) {
      const listed = await lists.of(at, call);
      return listed === undefined ? registry.listTags(at, call) : [...listed.tags.keys()];
    },
    async listManifests(at, call) {
      return (await lists.of(at, call))?.versions;
    },
    readBlob: (at, blob, call) =>
      (options.packages(at.host) === undefined ? registry : contents).readBlob(at, blob, call),
    ...referrers(registry, lists, find),
    ...catalog(registry, options.packages),
  };
}

/**
 * GHCR has no referrers API. What refers to a manifest is one of the versions, and says so itself; the list that pushers
 * keep of it stands under a tag, and is read by the digest that the listing says of that tag.
 */
function referrers(registry: Registry, lists: Lists, find: Find): Partial<ReferrerListing> {
  if (!hasReferrers(registry)) return {};
  return {
    async listReferrers(at, subject, call) {
      const listed = await lists.of(at, call);
      const tag = fallbackTag(subject);
      if (listed?.tags.has(tag) === false) return [];
      const { host, repository } = at;
      const stored = await find({ host, repository, tag }, call);
      if (stored === undefined) return registry.listReferrers(at, subject, call);
      return stored.content.kind === "index" ? stored.content.index.manifests : [];
    },
  };
}

/** By owner: the first part of the namespace. */
function catalog(registry: Registry, packages: PackageHosts): Partial<Catalog> {
  if (!hasCatalog(registry)) return {};
  return {
    async listRepositories(host, call = {}) {
      const owner = call.namespace?.split("/", 1)[0];
      const listing = packages(host);
      return owner === undefined || listing === undefined
        ? registry.listRepositories(host, call)
        : listing.listPackages(owner, call);
    },
  };
}

function hasReferrers(registry: Registry): registry is Registry & ReferrerListing {
  return "listReferrers" in registry;
}

function hasCatalog(registry: Registry): registry is Registry & Catalog {
  return "listRepositories" in registry;
}

/** These say that the host will refuse the next repository as well. */
const OF_THE_HOST: ReadonlySet<RegistryErrorCode> = new Set([
  "REGISTRY_UNAUTHORIZED",
  "REGISTRY_RATE_LIMITED",
  "REGISTRY_UNREACHABLE",
  "REGISTRY_UNAVAILABLE",
  "REGISTRY_TLS",
  "REGISTRY_INSECURE",
  "REGISTRY_CREDENTIALS",
]);

interface HostState {
  /** Of the first repository: a refusal is asked for once, not for each of seventy. */
  first: Promise<unknown> | undefined;
  refusal: RegistryError | undefined;
  read: number;
}

class Lists {
  readonly #options: ListedOptions<Registry>;
  readonly #hosts = new Map<string, HostState>();
  readonly #lists = new Map<string, Promise<Listed | undefined>>();

  constructor(options: ListedOptions<Registry>) {
    this.#options = options;
  }

  /** Undefined where the registry itself is to be asked. */
  of({ host, repository }: Repository, call: CallOptions = {}): Promise<Listed | undefined> {
    const key = `${host}/${repository}`;
    const known = this.#lists.get(key) ?? this.#read({ host, repository }, call);
    this.#lists.set(key, known);
    return known;
  }

  async #read(at: Repository, call: CallOptions): Promise<Listed | undefined> {
    const listing = this.#options.packages(at.host);
    if (listing === undefined) return undefined;
    const state = this.#hosts.get(at.host) ?? { first: undefined, refusal: undefined, read: 0 };
    this.#hosts.set(at.host, state);
    // Without a pause where there is no first: the next caller must see that there is one.
    if (state.first !== undefined) await state.first.catch(() => {});
    try {
      if (state.refusal !== undefined) throw state.refusal;
      const answer = listing.listVersions(at.repository, call);
      state.first ??= answer;
      const versions = await answer;
      state.read++;
      return versions && listedOf(versions);
    } catch (error) {
      return this.#refused(error, at, state);
    }
  }

  #refused(error: unknown, { host, repository }: Repository, state: HostState): undefined {
    const { onRefused } = this.#options;
    if (!(error instanceof RegistryError)) throw error;
    const isKnown = state.refusal !== undefined;
    const isHostWide = OF_THE_HOST.has(error.code) || (error.code === "REGISTRY_DENIED" && state.read === 0);
    if (isHostWide) state.refusal ??= error;
    if (onRefused === undefined) throw error;
    if (!isKnown) onRefused(isHostWide ? host : `${host}/${repository}`, error);
    return undefined;
  }
}

function listedOf(versions: readonly PackageVersion[]): Listed {
  const tags = new Map<string, Digest | undefined>();
  for (const version of versions) {
    for (const tag of version.tags) tags.set(tag, tags.has(tag) ? undefined : version.digest);
  }
  return { versions, tags, digests: new Set(versions.map(({ digest }) => digest)) };
}
