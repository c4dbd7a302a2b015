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

/** All repositories of a host. RegistryError REGISTRY_UNSUPPORTED where it does not say (GHCR, Docker Hub). */
export interface Catalog {
  listRepositories(host: string, options?: CallOptions): Promise<readonly string[]>;
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
  /** All manifests of a repository, newest first; an unknown repository has none. */
  listVersions(repository: string, options?: CallOptions): Promise<readonly PackageVersion[]>;
}
