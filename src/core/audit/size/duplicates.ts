import type { Digest } from "../../base/digest.ts";
import type { Content } from "./layer-contents.ts";

/** One content that several files of an image have, none of them a link. */
export interface Duplicate {
  readonly digest: Digest;
  /** Of each. */
  readonly bytes: number;
  /** Where it lies, the lowest layer first; at most `SHOWN_PLACES`. */
  readonly places: readonly { readonly layer: number; readonly path: string }[];
  readonly count: number;
}

export const SHOWN_PLACES = 20;

/** Of the files that a container sees, what is stored more than once; what costs most comes first. */
export function duplicatesIn(layers: readonly (readonly Content[])[]): readonly Duplicate[] {
  const places = new Map<
    Digest,
    { readonly bytes: number; readonly at: { layer: number; path: string }[] }
  >();
  for (const [layer, contents] of layers.entries()) {
    for (const { digest, path, bytes, gone } of contents) {
      if (digest === undefined || gone !== undefined) continue;
      const known = places.get(digest);
      if (known === undefined) places.set(digest, { bytes, at: [{ layer, path }] });
      else known.at.push({ layer, path });
    }
  }
  return [...places]
    .flatMap(([digest, { bytes, at }]): Duplicate[] =>
      at.length < 2 ? [] : [{ digest, bytes, places: at.slice(0, SHOWN_PLACES), count: at.length }],
    )
    .sort((one, other) => againOf(other) - againOf(one) || (one.digest < other.digest ? -1 : 1));
}

/** Bytes that would be saved if it were stored once. */
export function againOf({ bytes, count }: Pick<Duplicate, "bytes" | "count">): number {
  return bytes * (count - 1);
}
