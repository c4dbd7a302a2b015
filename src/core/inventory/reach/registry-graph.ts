import type { Digest } from "../../base/digest.ts";

/** What a repository is for; other repositories are none of ours. */
export type RepositoryUse = "image" | "releases" | "root" | "cache";

export interface GraphRepository {
  readonly host: string;
  /** Path, namespace included. */
  readonly name: string;
  readonly use: RepositoryUse;
  readonly manifests: readonly GraphManifest[];
  /** Its host refuses to delete the last tagged version of a package (GitHub). */
  readonly lastStays?: boolean;
}

export interface GraphBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface GraphManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly tags: readonly string[];
  /** The entries of an index: platforms, attestations. */
  readonly children: readonly Digest[];
  /** What it refers to: it is a signature, an SBOM, an attestation of that. */
  readonly subject?: Digest;
  /** Config and layers. */
  readonly blobs: readonly GraphBlob[];
  readonly config?: Digest;
  /** What its annotations name as the image that it was built on. */
  readonly base?: Digest;
  /** Milliseconds since 1970 UTC, where it says when it was made: build caches and roots. Never the time of a commit. */
  readonly made?: number;
  /** Milliseconds since 1970 UTC, where its host says when it was pushed. */
  readonly pushed?: number;
  /** The release that this manifest is the record of. */
  readonly record?: { readonly fleet: string; readonly tag: string };
  /** Named by one of our releases, or by a plan of deletion that was interrupted. */
  readonly ours: boolean;
}

/** Something that could not be read, in people's words. */
export interface Unread {
  readonly what: string;
  readonly why: string;
}

/** Why something is kept or goes: a stable word, and the words for people. */
export interface Reason {
  readonly rule: string;
  readonly because: string;
}

/** A manifest with its place; `key` is unique in the graph. */
export interface Placed {
  readonly key: string;
  readonly at: Pick<GraphRepository, "host" | "name" | "use">;
  readonly manifest: GraphManifest;
}

export function keyOf(at: Pick<GraphRepository, "host" | "name">, digest: Digest): string {
  return `${at.host}/${at.name}@${digest}`;
}

/** Every manifest with its place, by key. */
export function placeAll(repositories: readonly GraphRepository[]): ReadonlyMap<string, Placed> {
  const placed = new Map<string, Placed>();
  for (const at of repositories) {
    for (const manifest of at.manifests) {
      const key = keyOf(at, manifest.digest);
      placed.set(key, { key, at, manifest });
    }
  }
  return placed;
}
