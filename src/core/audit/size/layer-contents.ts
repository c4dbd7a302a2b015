import type { Digest } from "../../base/digest.ts";
import { type ContentWatch, flatten, type TakenBy } from "../image/flatten.ts";
import type { LayerEntry, LayerFacts } from "../image/layer-facts.ts";

/** What a layer's archive holds of one file. */
export interface Content {
  readonly path: string;
  /** In the archive: of a sparse file its filled parts. */
  readonly bytes: number;
  /** Undefined for small files, which are not compared. */
  readonly digest: Digest | undefined;
  readonly isElf: boolean;
  /** Why no container sees it; undefined where one does. */
  readonly gone: Gone | undefined;
}

/**
 * - `replaced`: another content stands in its place. `uncompared`: something does, and nobody compared the two.
 * - `attributes`: the same content does, with another mode or owner: the layer holds all of it again for that.
 * - `moved`: the name is gone, and the same layer brings the same content under another one.
 * - `deleted`: the name is gone.
 * - `left-out`: it could never be laid into the image.
 */
export type GoneHow = "replaced" | "uncompared" | "attributes" | "moved" | "deleted" | "left-out";

export interface Gone {
  /** Index of the layer that took its last name away; its own where an archive has two of that name. */
  readonly by: number;
  readonly how: GoneHow;
  /** What changed, or where it lies now: `mode 644 to 600`. */
  readonly note: string | undefined;
}

/**
 * The files of each layer, in the order of its archive, and what became of them under the layers above. A hard link has no
 * bytes of its own; the content that several lead to is gone with the last of them.
 */
export function layerContents(layers: readonly LayerFacts[]): readonly (readonly Content[])[] {
  const names = new Names();
  flatten(layers, names);
  const known = layers.map(knowledgeOf);
  return layers.map(({ entries }, index) =>
    entries.flatMap((entry): Content[] => {
      if (entry.type !== "file") return [];
      const { path } = entry;
      const digest = known[index]?.digests.get(path);
      const taken = names.takenOf(entry);
      return [
        {
          path,
          bytes: bytesOf(entry),
          digest,
          isElf: known[index]?.elf.has(path) ?? false,
          gone: taken === undefined ? undefined : goneOf(taken, { entry, index, digest, known }),
        },
      ];
    }),
  );
}

export function bytesOf({ size, stored }: Pick<LayerEntry, "size" | "stored">): number {
  return stored ?? size;
}

/** How many names lead to each content, and what took the last one away. */
class Names implements ContentWatch {
  readonly #counts = new Map<LayerEntry, number>();
  readonly #taken = new Map<LayerEntry, TakenBy>();

  named(source: LayerEntry): void {
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
  }

  unnamed(source: LayerEntry, by: TakenBy): void {
    this.#counts.set(source, (this.#counts.get(source) ?? 0) - 1);
    this.#taken.set(source, by);
  }

  /** Undefined where a name leads to it. */
  takenOf(entry: LayerEntry): TakenBy | "left-out" | undefined {
    const count = this.#counts.get(entry) ?? 0;
    return count > 0 ? undefined : (this.#taken.get(entry) ?? "left-out");
  }
}

interface Knowledge {
  /** By path. */
  readonly digests: ReadonlyMap<string, Digest>;
  readonly elf: ReadonlySet<string>;
  /** The first path of each content. */
  readonly places: ReadonlyMap<Digest, string>;
}

function knowledgeOf({ notes }: Pick<LayerFacts, "notes">): Knowledge {
  const digests = new Map<string, Digest>();
  const places = new Map<Digest, string>();
  const elf = new Set<string>();
  for (const note of notes) {
    if (note.kind === "elf") elf.add(note.path);
    if (note.kind !== "digest") continue;
    digests.set(note.path, note.digest);
    if (!places.has(note.digest)) places.set(note.digest, note.path);
  }
  return { digests, elf, places };
}

interface Lost {
  readonly entry: LayerEntry;
  readonly index: number;
  readonly digest: Digest | undefined;
  readonly known: readonly Knowledge[];
}

function goneOf(taken: TakenBy | "left-out", { entry, index, digest, known }: Lost): Gone {
  if (taken === "left-out") return { by: index, how: "left-out", note: undefined };
  const { layer: by, entry: other } = taken;
  const above = known[by];
  if (other?.type === "file" && by !== index) {
    const theirs = above?.digests.get(other.path);
    if (digest !== undefined && digest === theirs)
      return { by, how: "attributes", note: changes(entry, other) };
    const isOther = bytesOf(other) !== bytesOf(entry) || (digest !== undefined && theirs !== undefined);
    return { by, how: isOther ? "replaced" : "uncompared", note: undefined };
  }
  if (other !== undefined) return { by, how: "replaced", note: undefined };
  const place = digest === undefined ? undefined : above?.places.get(digest);
  return place === undefined
    ? { by, how: "deleted", note: undefined }
    : { by, how: "moved", note: `to /${place}` };
}

function changes(before: LayerEntry, after: LayerEntry): string {
  const octal = ({ mode }: LayerEntry): string => mode.toString(8);
  const owner = ({ uid, gid }: LayerEntry): string => `${uid}:${gid}`;
  const changed = [
    ...(before.mode === after.mode ? [] : [`mode ${octal(before)} to ${octal(after)}`]),
    ...(owner(before) === owner(after) ? [] : [`owner ${owner(before)} to ${owner(after)}`]),
    ...(before.capabilities === after.capabilities ? [] : ["capabilities"]),
  ];
  // Times are in no listing.
  return changed.length === 0 ? "nothing but its times" : changed.join(", ");
}
