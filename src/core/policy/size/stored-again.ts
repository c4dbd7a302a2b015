import type { Digest } from "../../base/digest.ts";
import { type FileOwner, ownerKey } from "./file-owners.ts";
import type { Holders } from "./held-layers.ts";
import type { StoredContent } from "./stored-contents.ts";

/** Files with the same contents in each of these layers, or more than once in one. */
export interface StoredAgain {
  readonly layers: readonly AgainLayer[];
  /** Different contents. */
  readonly files: number;
  /** That would be saved if each content were stored once. */
  readonly bytes: number;
  /** Whose they are, with what each has of those bytes; what costs most first, at most `SHOWN_OWNERS`. */
  readonly owners: readonly (FileOwner & { readonly bytes: number })[];
}

export interface AgainLayer {
  readonly diffId: Digest;
  /** Who brought it, or the first image that has it. */
  readonly image: string;
  readonly index: number;
}

const SHOWN_OWNERS = 20;

interface Copies {
  readonly bytes: number;
  readonly owner: FileOwner;
  readonly layers: number[];
}

interface Group {
  readonly layers: readonly number[];
  files: number;
  bytes: number;
  readonly owners: Map<string, FileOwner & { bytes: number }>;
}

/** Contents that the layers of a fleet hold more than once, by the set of layers that hold them. */
export function storedAgain(
  layers: ReadonlyMap<Digest, Holders>,
  contents: ReadonlyMap<Digest, readonly StoredContent[]>,
): readonly StoredAgain[] {
  // Layers are numbers here: a content of a large fleet is looked at hundreds of thousands of times.
  const held = [...layers];
  const groups = new Map<string, Group>();
  for (const copies of copiesIn(held.map(([diffId]) => contents.get(diffId) ?? []))) {
    if (copies.layers.length < 2) continue;
    const own = [...new Set(copies.layers)];
    const key = own.join(" ");
    const group = groups.get(key) ?? { layers: own, files: 0, bytes: 0, owners: new Map() };
    groups.set(key, group);
    addTo(group, copies);
  }
  return [...groups.values()]
    .map(
      (group): StoredAgain => ({
        layers: group.layers.flatMap((index) => held.slice(index, index + 1).map(layerIn)),
        files: group.files,
        bytes: group.bytes,
        owners: [...group.owners.values()].sort((a, b) => b.bytes - a.bytes).slice(0, SHOWN_OWNERS),
      }),
    )
    .sort((one, other) => other.bytes - one.bytes || other.files - one.files);
}

function copiesIn(layers: readonly (readonly StoredContent[])[]): Iterable<Copies> {
  const copies = new Map<Digest, Copies>();
  for (const [index, contents] of layers.entries()) {
    for (const { digest, bytes, owner } of contents) {
      const known = copies.get(digest);
      if (known === undefined) copies.set(digest, { bytes, owner, layers: [index] });
      else known.layers.push(index);
    }
  }
  return copies.values();
}

function addTo(group: Group, { bytes, owner, layers }: Copies): void {
  const again = bytes * (layers.length - 1);
  group.files++;
  group.bytes += again;
  const key = ownerKey(owner);
  const known = group.owners.get(key);
  if (known === undefined) group.owners.set(key, { ...owner, bytes: again });
  else known.bytes += again;
}

function layerIn([diffId, [{ image, layer }]]: readonly [Digest, Holders]): AgainLayer {
  return { diffId, image: layer.owner ?? image, index: layer.index };
}
