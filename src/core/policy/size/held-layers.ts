import type { Digest } from "../../base/digest.ts";
import type { ImageSize, LayerSize } from "./image-size.ts";

/** A layer as one image has it. */
export interface HeldLayer {
  readonly image: string;
  readonly layer: LayerSize;
}

/** All images that have a layer, the first one first. */
export type Holders = readonly [HeldLayer, ...HeldLayer[]];

/** The layers of several images, each diffID once. */
export function heldLayers(images: readonly ImageSize[]): ReadonlyMap<Digest, Holders> {
  const layers = new Map<Digest, [HeldLayer, ...HeldLayer[]]>();
  for (const { name: image, layers: own } of images) {
    for (const layer of own) {
      const known = layers.get(layer.diffId);
      if (known === undefined) layers.set(layer.diffId, [{ image, layer }]);
      else known.push({ image, layer });
    }
  }
  return layers;
}
