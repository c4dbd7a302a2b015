import type { Digest } from "../../base/digest.ts";
import { type HeldLayer, type Holders, heldLayers } from "./held-layers.ts";
import type { ImageSize } from "./image-size.ts";
import { type StoredAgain, storedAgain } from "./stored-again.ts";
import type { StoredContent } from "./stored-contents.ts";

/** What several images take together. */
export interface FleetSize {
  /** Compressed: of all images added up, and when each blob counts once; undefined where one lies in no registry. */
  readonly registry: SharedSize | undefined;
  /** Unpacked: the same when each diffID counts once, as on a machine that has them all. */
  readonly machine: SharedSize;
  /** Layers that several images have; what saves most comes first. */
  readonly shared: readonly SharedLayer[];
  /** Layers that are stored more than once, since they were compressed in more than one way. */
  readonly recompressed: readonly Recompressed[];
  /** The same files in different layers, or twice in one. */
  readonly again: readonly StoredAgain[];
}

export interface SharedSize {
  readonly sum: number;
  readonly unique: number;
}

export interface SharedLayer {
  readonly diffId: Digest;
  readonly owner: string | undefined;
  readonly instruction: string | undefined;
  readonly unpacked: number;
  readonly compressed: number | undefined;
  readonly images: readonly string[];
}

export interface Recompressed {
  readonly diffId: Digest;
  readonly unpacked: number;
  readonly blobs: readonly {
    readonly digest: Digest;
    readonly bytes: number;
    readonly images: readonly string[];
  }[];
  /** Of all but the smallest. */
  readonly wasted: number;
}

/** `contents`: of each diffID, the files that are compared. */
export function measureFleet(
  images: readonly ImageSize[],
  contents: ReadonlyMap<Digest, readonly StoredContent[]>,
): FleetSize {
  const layers = heldLayers(images);
  return {
    registry: registrySize(images),
    machine: {
      sum: total(images.map(({ unpacked }) => unpacked)),
      unique: total([...layers.values()].map(([first]) => first.layer.unpacked)),
    },
    shared: sharedLayers(layers),
    recompressed: recompressed(layers),
    again: storedAgain(layers, contents),
  };
}

function registrySize(images: readonly ImageSize[]): SharedSize | undefined {
  const blobs = new Map<Digest, number>();
  let sum = 0;
  for (const { blob, compressed } of images.flatMap(({ layers }) => layers)) {
    if (blob === undefined || compressed === undefined) return undefined;
    sum += compressed;
    blobs.set(blob, compressed);
  }
  return { sum, unique: total([...blobs.values()]) };
}

function sharedLayers(layers: ReadonlyMap<Digest, Holders>): readonly SharedLayer[] {
  return [...layers.values()]
    .flatMap((held): SharedLayer[] => {
      const images = namesOf(held);
      const [{ layer }] = held;
      const { diffId, owner, instruction, unpacked, compressed } = layer;
      return images.length < 2 ? [] : [{ diffId, owner, instruction, unpacked, compressed, images }];
    })
    .sort((one, other) => saved(other) - saved(one) || (one.diffId < other.diffId ? -1 : 1));
}

function saved({ unpacked, images }: SharedLayer): number {
  return unpacked * (images.length - 1);
}

function recompressed(layers: ReadonlyMap<Digest, Holders>): readonly Recompressed[] {
  return [...layers]
    .flatMap(([diffId, held]): Recompressed[] => {
      const blobs = new Map<Digest, HeldLayer[]>();
      for (const each of held) {
        const { blob } = each.layer;
        if (blob !== undefined) blobs.set(blob, [...(blobs.get(blob) ?? []), each]);
      }
      if (blobs.size < 2) return [];
      const stored = [...blobs].map(([digest, users]) => ({
        digest,
        bytes: users[0]?.layer.compressed ?? 0,
        images: namesOf(users),
      }));
      const sizes = stored.map(({ bytes }) => bytes);
      const [{ layer }] = held;
      return [{ diffId, unpacked: layer.unpacked, blobs: stored, wasted: total(sizes) - Math.min(...sizes) }];
    })
    .sort((one, other) => other.wasted - one.wasted || (one.diffId < other.diffId ? -1 : 1));
}

function namesOf(held: readonly HeldLayer[]): readonly string[] {
  return [...new Set(held.map(({ image }) => image))];
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
