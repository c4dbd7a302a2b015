import { type Digest, digestOf } from "../../src/core/base/digest.ts";
import type { ReleaseFact } from "../../src/core/inventory/reach/keep-releases.ts";
import type { PruneInputs } from "../../src/core/inventory/reach/prune-plan.ts";
import type { GraphManifest, GraphRepository } from "../../src/core/inventory/reach/registry-graph.ts";

export const HOST = "registry.example";
export const NOW = Date.UTC(2026, 5, 1);
export const DAY = 86_400_000;

export const named = (word: string): Digest => digestOf(word);
export const hexOf = (word: string): string => named(word).slice("sha256:".length);

/** A manifest whose digest follows from a word. */
export function manifest(word: string, more: Partial<GraphManifest> = {}): GraphManifest {
  return {
    digest: named(word),
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    tags: [],
    children: [],
    blobs: [{ digest: named(`layer of ${word}`), size: 100 }],
    ours: false,
    ...more,
  };
}

export function repository(
  name: string,
  manifests: readonly GraphManifest[],
  use: GraphRepository["use"] = "image",
): GraphRepository {
  return { host: HOST, name: `demo/${name}`, use, manifests };
}

/** A release of these images (name to the word of its digest), so many days ago. */
export function release(tag: string, days: number, images: Readonly<Record<string, string>>): ReleaseFact {
  return {
    fleet: "sample",
    tag,
    time: NOW - days * DAY,
    images: Object.entries(images).map(([name, word]) => ({
      name,
      repository: `demo/${name}`,
      identity: named(`identity of ${word}`),
      digest: named(word),
    })),
  };
}

export function inputs(more: Partial<PruneInputs> = {}): PruneInputs {
  return {
    fleet: "sample",
    host: HOST,
    scheme: /^[0-9]{8}-[0-9a-f]{7,40}$/,
    keep: 1,
    olderThanMs: 0,
    now: NOW,
    declared: [],
    releases: [],
    builds: new Map(),
    current: new Set(),
    pinned: new Map(),
    repositories: [],
    engines: [],
    unread: [],
    ...more,
  };
}

/** The tag of the nth release. */
export const tagOf = (n: number): string => `2026010${n}-abcdef0`;
