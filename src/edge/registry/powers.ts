import type { Digest } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import type { ImageRef } from "../../core/oci/reference.ts";
import type { CallOptions, Repository } from "./port.ts";

/** What refers to a manifest: signatures, attestations, SBOMs. None is an empty list. */
export interface ReferrerListing {
  listReferrers(at: Repository, subject: Digest, options?: CallOptions): Promise<readonly Descriptor[]>;
}

/** True where it was there. RegistryError REGISTRY_UNSUPPORTED where this registry does not delete so. */
export interface Deletion {
  deleteManifest(ref: ImageRef, options?: CallOptions): Promise<boolean>;
}

export interface CatalogOptions extends CallOptions {
  /** Only what is below it is of interest; where a host lists by owner alone, this names the owner. */
  readonly namespace?: string;
}

/** All repositories of a host. RegistryError REGISTRY_UNSUPPORTED where it does not say (GHCR's registry, Docker Hub). */
export interface Catalog {
  listRepositories(host: string, options?: CatalogOptions): Promise<readonly string[]>;
}

/** A manifest as a host's own API lists it: also one without tags, as children of indexes and attestations are. */
export interface PackageVersion {
  /** What this API deletes it by. */
  readonly id: number;
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** When it was pushed, in milliseconds since 1970 UTC. Putting another tag on it does not change that. */
  readonly created: number;
}

/** A host's own listing (GHCR's by GitHub's REST API): digests and tags of a hundred manifests in one request. */
export interface PackageListing {
  /** The packages of an owner, as repositories: `OWNER/NAME`. */
  listPackages(owner: string, options?: CallOptions): Promise<readonly string[]>;
  /** All manifests of a repository, newest first; undefined where there is no such package, or none that we may see. */
  listVersions(repository: string, options?: CallOptions): Promise<readonly PackageVersion[] | undefined>;
}

/** What became of a request to delete. `refused` is the host's rule, and its words: it will say so again. */
export type VersionDeletion =
  | { readonly outcome: "deleted" | "gone" }
  | { readonly outcome: "refused"; readonly why: string };

/** Deleting a version takes all its tags along. RegistryError REGISTRY_DENIED where the login may not. */
export interface PackageVersions {
  /** `gone`: it is not there, or (GitHub says the same) the login may not know of it. */
  deleteVersion(repository: string, id: number, options?: CallOptions): Promise<VersionDeletion>;
  /** Puts a deleted version back; false where it cannot be had any more (GitHub keeps it for thirty days). */
  restoreVersion(repository: string, id: number, options?: CallOptions): Promise<boolean>;
}

export type Packages = PackageListing & PackageVersions;

/** A registry that knows every manifest of a repository, also those without a tag; undefined where it cannot tell. */
export interface ManifestListing {
  listManifests(at: Repository, options?: CallOptions): Promise<readonly PackageVersion[] | undefined>;
}
