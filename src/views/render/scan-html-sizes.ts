import { listOf } from "./scan-cells.ts";
import { markOf, shown } from "./scan-html-parts.ts";
import { leftGroups } from "./scan-left.ts";
import { sizeSummary } from "./size-summary.ts";
import { fleetTree, imageTree } from "./size-trees.ts";
import type { SizeView } from "./size-view.ts";
import { treemapFragment } from "./treemap.ts";

/** What the bytes of the scanned images are, as `lapstrake size` has it. */
export interface ScanSizes extends Pick<SizeView, "release" | "images" | "fleet" | "left"> {
  /** Of the numbers, as OCI writes it. */
  readonly platform: string;
  /** Of the fleet, which were not measured. */
  readonly others: readonly string[];
}

/** Whether the page has a map to draw. */
export function hasMap(sizes: ScanSizes | undefined): boolean {
  return sizes !== undefined && sizes.images.length > 0;
}

/**
 * Each layer once, under the image that brought it, down to packages and files: of several images as on a machine that has
 * all of them. Images that could not be measured are told.
 */
export function sizesSection(sizes: ScanSizes): string {
  return `${mapOf(sizes)}${leftList(sizes)}`;
}

function mapOf(sizes: ScanSizes): string {
  const [first, ...more] = sizes.images;
  if (first === undefined) return "";
  const tree = more.length === 0 ? imageTree(first.size) : fleetTree(sizes);
  const unmeasured =
    sizes.others.length === 0
      ? ""
      : ` (${listOf(sizes.others)} ${sizes.others.length === 1 ? "is" : "are"} not measured)`;
  const of = `On ${sizes.platform}${unmeasured}: ${sizeSummary(sizes)}`;
  return `<p>${shown(of)}. Arrows lead from tile to tile, Enter opens one, Escape leads out.</p>
${treemapFragment(tree, { id: "size-map", title: "map of sizes" })}
`;
}

function leftList({ left }: ScanSizes): string {
  const groups = leftGroups({ left: left.map((each) => ({ ...each, asked: true })) });
  const items = groups.map(({ names, why }) => {
    const all = names.map((name) => `<code>${shown(name)}</code>`).join(", ");
    return `<li>${markOf("unknown", "not measured")} ${all}: ${shown(why)}</li>`;
  });
  return items.length === 0 ? "" : `<ul class="untold">${items.join("")}</ul>\n`;
}
