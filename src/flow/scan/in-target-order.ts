import type { ScannedImage } from "../../core/policy/gates/gate.ts";
import type { ScanTarget } from "./scan-target.ts";

/** Images in the order in which they were to be judged: what could not be read keeps its place among the others. */
export function inTargetOrder(
  images: readonly ScannedImage[],
  targets: readonly ScanTarget[],
): readonly ScannedImage[] {
  const places = new Map(targets.map(({ node }, index) => [node.name, index]));
  const placeOf = ({ name }: ScannedImage): number => places.get(name) ?? 0;
  return images.toSorted((one, other) => placeOf(one) - placeOf(other));
}
