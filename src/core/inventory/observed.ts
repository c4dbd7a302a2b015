import type { Digest } from "../base/digest.ts";
import type { ImageIndex, Manifest } from "../oci/manifest.ts";
import type { Role } from "./ours.ts";

/** An image that the blueprint declares: one repository of the fleet. */
export interface DeclaredFact {
  readonly name: string;
  readonly repository: string;
  /** The image of the fleet, or the root, that it stands on. */
  readonly base: string | undefined;
  /** Why it cannot be had here: its root cannot. */
  readonly unavailable: string | undefined;
  /** Machines that the blueprint places it on. */
  readonly machines: readonly string[];
}

/** A release, oldest first in a list of them. */
export interface ReleaseFact {
  readonly tag: string;
  readonly images: readonly { readonly name: string; readonly repository: string; readonly digest: Digest }[];
  readonly unavailable: readonly {
    readonly name: string;
    readonly why: string;
    readonly cause?: "root" | "failure" | "choice";
  }[];
}

/** What a digest means; `manifest` where it is one image, `children` where it is an index. */
export interface StoredFact {
  readonly digest: Digest;
  /** Undefined where the digest is all that was asked for: of what refers to an image. */
  readonly mediaType: string | undefined;
  readonly manifest: Manifest | undefined;
  readonly index: ImageIndex | undefined;
  /** Of an index: each child that could be read. One that is named and not here is gone from the registry. */
  readonly children: readonly StoredFact[];
  /** From annotations, or else the config. */
  readonly created: string | undefined;
  readonly revision: string | undefined;
  readonly baseDigest: string | undefined;
}

export interface TagFact {
  readonly tag: string;
  /** Undefined where the tag went away between listing and looking. */
  readonly stored: StoredFact | undefined;
}

export type RepositoryFact =
  | { readonly repository: string; readonly state: "read"; readonly tags: readonly TagFact[] }
  /** It did not answer: nothing may be concluded from that. */
  | { readonly repository: string; readonly state: "unknown"; readonly why: string };

export interface RegistryFact {
  readonly host: string;
  readonly namespace: string | undefined;
  readonly repositories: readonly RepositoryFact[];
}

/** As an engine lists it. Digests may be of an index, a manifest or a config, by the kind of its store. */
export interface EngineImageFact {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  /** What of it lies there, where the engine tells. */
  readonly manifests?: readonly { readonly digest: string; readonly unpackedBytes?: number }[];
}

export interface EngineContainerFact {
  readonly name: string;
  readonly imageId: string;
  readonly manifestDigest?: string;
  readonly state: string;
}

export type EngineFact = {
  readonly name: string;
  /** Machines of the blueprint that it is the engine of; it is expected to hold what is placed on them. */
  readonly machines: readonly string[];
} & (
  | {
      readonly state: "read";
      readonly images: readonly EngineImageFact[];
      readonly containers: readonly EngineContainerFact[];
    }
  | { readonly state: "unknown"; readonly why: string }
);

/** All that an inventory is made of. */
export interface Observation {
  readonly declared: readonly DeclaredFact[];
  /** Oldest first. */
  readonly releases: readonly ReleaseFact[];
  readonly registry: RegistryFact;
  readonly engines: readonly EngineFact[];
  /** What a tag of an image's repository is for, by its form. */
  roleOfTag(tag: string): Role;
  /** The tag of an earlier release to compare the last one with. */
  readonly since?: string;
}
