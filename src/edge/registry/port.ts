import type { Digest } from "../../core/base/digest.ts";
import type { Descriptor } from "../../core/oci/manifest.ts";
import type { ManifestContent } from "../../core/oci/parse-manifest.ts";
import type { ImageRef } from "../../core/oci/reference.ts";

/** A manifest or an index as it lies in the registry: its descriptor, its exact bytes, and what they say. */
export interface StoredManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly content: ManifestContent;
}

/** Where bytes go or come from: a repository of a host. */
export type Repository = Pick<ImageRef, "host" | "repository">;

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface PutBlobOptions extends CallOptions {
  /** A repository of the same host that has the blob: it is mounted from there, without sending it. */
  readonly from?: string;
}

/**
 * A store of images. All reads are verified by digest and size. "Not there" is a value (undefined), never an error;
 * every other failure is a RegistryError with a code and the exit code of the environment (3).
 */
export interface Registry {
  /** Is the host a registry that answers (GET /v2/), and are our credentials good there? */
  ping(host: string, options?: CallOptions): Promise<void>;
  /** The descriptor that a tag or a digest stands for (HEAD), or undefined. */
  resolve(ref: ImageRef, options?: CallOptions): Promise<Descriptor | undefined>;
  readManifest(ref: ImageRef, options?: CallOptions): Promise<StoredManifest | undefined>;
  /** Puts these exact bytes under the reference's tag (or, without one, under their digest). */
  putManifest(
    ref: ImageRef,
    bytes: Uint8Array,
    mediaType: string,
    options?: CallOptions,
  ): Promise<Descriptor>;
  /** The blob's bytes as a verified stream; RegistryError BLOB_UNKNOWN where there is none. */
  readBlob(at: Repository, blob: Descriptor, options?: CallOptions): AsyncIterable<Uint8Array>;
  /** Uploads a blob unless it is there. `open` is called anew for each try, so an upload can be repeated. */
  putBlob(at: Repository, blob: BlobSource, options?: PutBlobOptions): Promise<void>;
  /** All tags of a repository, following pagination; an unknown repository has none. */
  listTags(at: Repository, options?: CallOptions): Promise<readonly string[]>;
}

export interface BlobSource {
  readonly digest: Digest;
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}
