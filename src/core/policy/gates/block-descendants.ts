import type { ScannedImage } from "./gate.ts";
import { letsThrough } from "./outcome.ts";

/** An image whose ancestor gets no tag gets none either, whatever it is itself. Parents come first. */
export function blockDescendants(images: readonly ScannedImage[]): readonly ScannedImage[] {
  const stopped = new Set(images.filter(({ outcome }) => !letsThrough(outcome)).map(({ name }) => name));
  return images.map((image) => {
    const blockedBy = image.ancestors.find((name) => stopped.has(name));
    return blockedBy === undefined ? image : { ...image, blockedBy };
  });
}

/** Whether it may have its tag. */
export function isReleasable({ outcome, blockedBy }: ScannedImage): boolean {
  return letsThrough(outcome) && blockedBy === undefined;
}
