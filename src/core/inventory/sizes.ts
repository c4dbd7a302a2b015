import type { Digest } from "../base/digest.ts";
import type { RegistryFact, StoredFact } from "./observed.ts";

/** Compressed bytes in the registry. */
export interface Sizes {
  /** Config and layers of all platforms; attestations left out. */
  readonly compressed: number;
  /** What would be freed if only this digest went: blobs that nothing else in the registry points to. */
  readonly unique: number;
}

export interface SizeTable {
  of(digest: Digest): Sizes | undefined;
  /** Every digest's own size added up, and what the registry holds when each blob counts once. */
  readonly sum: number;
  readonly unique: number;
}

/** Sizes by digest, blobs shared between repositories counted once: registries mount them. */
export function measure(registry: RegistryFact): SizeTable {
  const images = new Map<Digest, ReadonlyMap<Digest, number>>();
  for (const repository of registry.repositories) {
    if (repository.state === "unknown") continue;
    for (const { stored } of repository.tags) {
      if (stored !== undefined && !images.has(stored.digest)) images.set(stored.digest, blobsOf(stored));
    }
  }
  const users = new Map<Digest, number>();
  const bytes = new Map<Digest, number>();
  for (const blobs of images.values()) {
    for (const [blob, size] of blobs) {
      users.set(blob, (users.get(blob) ?? 0) + 1);
      bytes.set(blob, size);
    }
  }
  const sizeOf = (blobs: ReadonlyMap<Digest, number>): Sizes => ({
    compressed: add(blobs.values()),
    unique: add([...blobs].flatMap(([blob, size]) => (users.get(blob) === 1 ? [size] : []))),
  });
  return {
    of: (digest) => {
      const blobs = images.get(digest);
      return blobs === undefined ? undefined : sizeOf(blobs);
    },
    sum: add([...images.values()].map((blobs) => add(blobs.values()))),
    unique: add(bytes.values()),
  };
}

function blobsOf({ manifest, index, children }: StoredFact): ReadonlyMap<Digest, number> {
  const blobs = new Map<Digest, number>();
  for (const each of manifest === undefined ? [] : [manifest.config, ...manifest.layers])
    blobs.set(each.digest, each.size);
  for (const child of children) {
    const entry = index?.manifests.find(({ digest }) => digest === child.digest);
    if (entry?.platform?.os === "unknown") continue;
    for (const [digest, size] of blobsOf(child)) blobs.set(digest, size);
  }
  return blobs;
}

function add(sizes: Iterable<number>): number {
  let sum = 0;
  for (const size of sizes) sum += size;
  return sum;
}
