import { parseDigest } from "../../../core/base/digest.ts";
import { isTag } from "../../../core/oci/reference.ts";
import { RegistryError } from "../error.ts";
import type { Packages, PackageVersion } from "../powers.ts";
import { fieldsOf, textOf } from "./answer-fields.ts";
import { readOwnerPath } from "./package-owner.ts";
import { RestApi, type RestApiOptions } from "./rest-api.ts";
import { readRestList } from "./rest-list.ts";

/**
 * GHCR's packages by GitHub's REST API ("REST API endpoints for packages"): one request for a hundred manifests, where
 * the registry takes one for each tag; and the only way to delete one. Organisations, users and oneself have different
 * addresses; GitHub is asked once which.
 */
export function createPackages(options: RestApiOptions): Packages {
  const api = new RestApi(options);
  const owners = new Map<string, Promise<string | undefined>>();
  const ownerPath = (owner: string, signal?: AbortSignal): Promise<string | undefined> => {
    const known = owners.get(owner) ?? readOwnerPath(api, owner, signal);
    owners.set(owner, known);
    // A failure is not remembered: the next call asks again.
    known.catch(() => owners.delete(owner));
    return known;
  };
  const packagePath = async (repository: string, signal?: AbortSignal): Promise<string | undefined> => {
    const slash = repository.indexOf("/");
    const owner = await ownerPath(repository.slice(0, Math.max(0, slash)), signal);
    // GitHub's names of packages may have slashes, which are part of one segment.
    return owner && `${owner}/packages/container/${encodeURIComponent(repository.slice(slash + 1))}`;
  };
  const versionUrl = async (repository: string, id: number, signal?: AbortSignal): Promise<string> =>
    `${await packagePath(repository, signal)}/versions/${id}`;
  return {
    async listPackages(owner, { signal } = {}) {
      const place = await ownerPath(owner, signal);
      const path = `${place}/packages?package_type=container`;
      const items = place === undefined ? [] : await readRestList(api, path, { signal, pick: pickPackage });
      return (items ?? []).map((item) => `${owner}/${textOf(item, "name")}`.toLowerCase());
    },
    async listVersions(repository, { signal } = {}) {
      const path = await packagePath(repository, signal);
      if (path === undefined) return undefined;
      const items = await readRestList(api, `${path}/versions?state=active`, { signal, pick: pickVersion });
      // An item that moved from one page to the next while they were read is there twice.
      return items && [...new Map(items.map(versionOf).map((version) => [version.id, version])).values()];
    },
    async deleteVersion(repository, id, { signal } = {}) {
      return api.write("DELETE", api.urlOf(await versionUrl(repository, id, signal)), signal);
    },
    async restoreVersion(repository, id, { signal } = {}) {
      const url = api.urlOf(`${await versionUrl(repository, id, signal)}/restore`);
      const answer = await api.write("POST", url, signal);
      if (answer.outcome === "refused") throw new RegistryError("REGISTRY_REFUSED", answer.why);
      return answer.outcome === "deleted";
    },
  };
}

function pickPackage(item: unknown): unknown {
  return { name: fieldsOf(item)["name"] };
}

function pickVersion(item: unknown): unknown {
  const { id, name, created_at, metadata } = fieldsOf(item);
  const { tags } = fieldsOf(fieldsOf(metadata)["container"]);
  return { id, name, created_at, tags };
}

function versionOf(item: unknown): PackageVersion {
  const { id, tags } = fieldsOf(item);
  const digest = parseDigest(textOf(item, "name"));
  const created = Date.parse(textOf(item, "created_at"));
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
