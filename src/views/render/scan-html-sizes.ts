import { counted } from "./inventory-cells.ts";
import { formatBytes } from "./progress-text.ts";
import { shown } from "./scan-html-parts.ts";

/** What bytes are made of: images, layers, packages. */
export interface SizeTree {
  readonly label: string;
  readonly bytes: number;
  readonly children?: readonly SizeTree[];
  readonly note?: string;
}

/** THE TREEMAP'S PLACE: the section on sizes is whatever this returns. Here it is the tree as lists to open, with bars. */
export function sizesSection(tree: SizeTree): string {
  return `<ul class="sizes">${itemOf(tree, { all: Math.max(1, tree.bytes), depth: 0 })}</ul>\n`;
}

/** Layers of an image, packages of a layer: what is deeper or smaller is not told one by one. */
const DEEPEST = 4;
const MOST = 40;

function itemOf(
  { label, bytes, children = [], note }: SizeTree,
  { all, depth }: { readonly all: number; readonly depth: number },
): string {
  const share = ((100 * bytes) / all).toFixed(2);
  const head = `<b>${shown(label)}</b> ${formatBytes(bytes)}<i class="share" style="--share:${share}%"></i>${note === undefined ? "" : `<small>${shown(note)}</small>`}`;
  if (children.length === 0 || depth === DEEPEST) return `<li>${head}</li>`;
  const sorted = children.toSorted((one, other) => other.bytes - one.bytes);
  const items = sorted.slice(0, MOST).map((child) => itemOf(child, { all, depth: depth + 1 }));
  const rest = sorted.slice(MOST);
  const sum = rest.reduce((total, each) => total + each.bytes, 0);
  const more =
    rest.length === 0 ? "" : `<li>and ${counted(rest.length, "more", "more")}, ${formatBytes(sum)}</li>`;
  return `<li><details${depth === 0 ? " open" : ""}><summary>${head}</summary><ul>${items.join("")}${more}</ul></details></li>`;
}
