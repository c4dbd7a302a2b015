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
