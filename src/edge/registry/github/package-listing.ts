import { parseDigest } from "../../../core/base/digest.ts";
import type { Secret } from "../../../core/base/secret.ts";
import { isTag } from "../../../core/oci/reference.ts";
import { RegistryError } from "../error.ts";
import type { RetryPolicy } from "../http/retry.ts";
import { realTime, type TimeSource } from "../http/time-source.ts";
import type { Transport } from "../http/transport.ts";
import type { PackageListing, PackageVersion } from "../powers.ts";
import { type PageCache, type RestOptions, readRestList, readRestValue } from "./rest-pages.ts";
import { GITHUB_API } from "./token-scopes.ts";

export interface PackageListingOptions {
  readonly transport: Transport;
  /** A classic token with the scope read:packages; GitHub lists packages to no other. */
  readonly token: Secret;
  readonly api?: string;
  /** Keeps pages between calls, so that what did not change costs nothing. */
  readonly cache?: PageCache;
  readonly time?: TimeSource;
  readonly retry?: RetryPolicy;
}

const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,98}[A-Za-z0-9])?$/;

/**
 * GHCR's packages by GitHub's REST API ("REST API endpoints for packages"): one request for a hundred manifests, where
 * the registry takes one for each tag. An organisation and a user have different addresses; GitHub is asked once which.
 */
export function createPackageListing(given: PackageListingOptions): PackageListing {
  const { transport, token, retry } = given;
  const options: RestOptions = {
    transport,
    token,
    api: given.api ?? GITHUB_API,
    cache: given.cache ?? new Map(),
    time: given.time ?? realTime,
    ...(retry === undefined ? {} : { retry }),
  };
  const owners = new Map<string, Promise<string | undefined>>();
  const placeOf = (owner: string, signal?: AbortSignal): Promise<string | undefined> => {
    const known = owners.get(owner) ?? readPlace(options, owner, signal);
    owners.set(owner, known);
    // A failure is not remembered: the next call asks again.
    known.catch(() => owners.delete(owner));
    return known;
  };
  return {
    async listPackages(owner, { signal } = {}) {
      const place = await placeOf(owner, signal);
      const path = `${place}/packages?package_type=container`;
      const items = place === undefined ? [] : await readRestList(options, path, signal);
      return (items ?? []).map((item) => `${owner}/${textOf(item, "name")}`.toLowerCase());
    },
    async listVersions(repository, { signal } = {}) {
      const slash = repository.indexOf("/");
      const place = await placeOf(repository.slice(0, Math.max(0, slash)), signal);
      if (place === undefined) return [];
      // GitHub's names of packages may have slashes, which are part of one segment.
      const path = `${place}/packages/container/${encodeURIComponent(repository.slice(slash + 1))}/versions?state=active`;
      const items = (await readRestList(options, path, signal)) ?? [];
      // An item that moved from one page to the next while they were read is there twice.
      return [...new Map(items.map(versionOf).map((version) => [version.id, version])).values()];
    },
  };
}

/** `orgs/NAME` or `users/NAME`; undefined where GitHub knows no such owner. */
async function readPlace(
  options: RestOptions,
  owner: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (!OWNER.test(owner)) {
    throw new RegistryError("REGISTRY_REFUSED", `"${owner.slice(0, 100)}" is no owner of packages on GitHub`);
  }
  const found = await readRestValue(options, `users/${owner}`, signal);
  if (found === undefined) return undefined;
  return textOf(found, "type") === "Organization" ? `orgs/${owner}` : `users/${owner}`;
}

function versionOf(item: unknown): PackageVersion {
  const { id, metadata } = fieldsOf(item);
  const digest = parseDigest(textOf(item, "name"));
  const created = Date.parse(textOf(item, "created_at"));
  const { tags } = fieldsOf(fieldsOf(metadata)["container"]);
  if (typeof id !== "number" || digest === undefined || Number.isNaN(created) || !Array.isArray(tags)) {
    // A version that is not understood must not be missing: whoever deletes by this list would delete too much.
    throw new RegistryError(
      "REGISTRY_PROTOCOL",
      "GitHub lists a version of a package that is not understood",
    );
  }
  return {
    id,
    digest,
    created,
    tags: tags.filter((tag): tag is string => typeof tag === "string" && isTag(tag)),
  };
}

function textOf(item: unknown, name: string): string {
  const value = fieldsOf(item)[name];
  if (typeof value === "string") return value;
  throw new RegistryError("REGISTRY_PROTOCOL", `GitHub's answer has no ${name}`);
}

function fieldsOf(item: unknown): Readonly<Record<string, unknown>> {
  // Members of anything else are undefined, which each reader refuses.
  return typeof item === "object" && item !== null ? (item as Readonly<Record<string, unknown>>) : {};
}
