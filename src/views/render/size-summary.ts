import { sizeText } from "./size-cells.ts";
import type { SizeView } from "./size-view.ts";

/** What images take together, in a line of plain text without its full stop. */
export function sizeSummary({ images, fleet }: Pick<SizeView, "images" | "fleet">): string {
  const { registry, machine, again } = fleet;
  const twice = again.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    `${images.length} ${images.length === 1 ? "image" : "images"}`,
    ...(registry === undefined
      ? []
      : [`${sizeText(registry.unique)} in the registry (${sizeText(registry.sum)} if no layer were shared)`]),
    `${sizeText(machine.unique)} unpacked on a machine that has all (${sizeText(machine.sum)})`,
    ...(twice === 0 ? [] : [`${sizeText(twice)} of it files that are stored more than once`]),
  ].join("; ");
}
