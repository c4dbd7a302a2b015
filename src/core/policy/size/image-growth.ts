import type { Digest } from "../../base/digest.ts";
import { type FileOwner, ownerKey } from "./file-owners.ts";
import type { ImageSize, LayerSize } from "./image-size.ts";

/** What became of an image from one release to another. */
export interface ImageGrowth {
  readonly name: string;
  readonly before: SizesThen | undefined;
  readonly after: SizesThen | undefined;
  /** Layers that only one of the two has; those that both have are counted. */
  readonly added: readonly ChangedLayer[];
  readonly removed: readonly ChangedLayer[];
  readonly same: number;
  /** Packages, distributions and folders whose version or bytes changed; what moved most comes first. */
  readonly changed: readonly ChangedOwner[];
}

export interface SizesThen {
  readonly digest: Digest | undefined;
  readonly compressed: number | undefined;
  readonly unpacked: number;
}

export type ChangedLayer = Pick<
  LayerSize,
  "index" | "diffId" | "compressed" | "unpacked" | "owner" | "instruction"
>;

export interface ChangedOwner extends Pick<FileOwner, "kind" | "name" | "at"> {
  readonly before: OwnerThen | undefined;
  readonly after: OwnerThen | undefined;
}

export interface OwnerThen {
  readonly version: string | undefined;
  readonly bytes: number;
}

/** One of the two may be missing: an image is new, or gone. */
export function imageGrowth(
  name: string,
  { before, after }: { readonly before: ImageSize | undefined; readonly after: ImageSize | undefined },
): ImageGrowth {
  const [old, now] = [before?.layers ?? [], after?.layers ?? []];
  const added = onlyIn(now, old);
  return {
    name,
    before: before && sizesOf(before),
    after: after && sizesOf(after),
    added,
    removed: onlyIn(old, now),
    same: now.length - added.length,
    changed: changedOwners(before, after),
  };
}

/** Bytes that one owner has more now; less where it is negative. */
export function growthOf({ before, after }: Pick<ChangedOwner, "before" | "after">): number {
  return (after?.bytes ?? 0) - (before?.bytes ?? 0);
}

function sizesOf({ digest, compressed, unpacked }: ImageSize): SizesThen {
  return { digest, compressed, unpacked };
}

function onlyIn(layers: readonly LayerSize[], others: readonly LayerSize[]): readonly ChangedLayer[] {
  const known = new Set(others.map(({ diffId }) => diffId));
  return layers
    .filter(({ diffId }) => !known.has(diffId))
    .map(({ index, diffId, compressed, unpacked, owner, instruction }) => ({
      index,
      diffId,
      compressed,
      unpacked,
      owner,
      instruction,
    }));
}

function changedOwners(before: ImageSize | undefined, after: ImageSize | undefined): readonly ChangedOwner[] {
  const old = new Map((before?.owners ?? []).map((owner) => [ownerKey(owner), owner]));
  const now = new Map((after?.owners ?? []).map((owner) => [ownerKey(owner), owner]));
  return [...new Set([...old.keys(), ...now.keys()])]
    .flatMap((key): ChangedOwner[] => {
      const [one, other] = [old.get(key), now.get(key)];
      const any = other ?? one;
      if (any === undefined) return [];
      if (one?.version === other?.version && one?.bytes === other?.bytes) return [];
      const { kind, name, at } = any;
      return [
        {
          kind,
          name,
          ...(at === undefined ? {} : { at }),
          before: one && { version: one.version, bytes: one.bytes },
          after: other && { version: other.version, bytes: other.bytes },
        },
      ];
    })
    .sort(
      (one, other) => Math.abs(growthOf(other)) - Math.abs(growthOf(one)) || (one.name < other.name ? -1 : 1),
    );
}
