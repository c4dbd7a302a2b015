import { htmlJson, htmlText } from "./html-page.ts";
import { printable } from "./printable.ts";

/** A thing of some size, and what it is made of. Where children come to less than it, the rest is nobody's and is left blank. */
export interface TreemapNode {
  readonly label: string;
  readonly bytes: number;
  readonly children?: readonly TreemapNode[];
  /** A sentence more, for who points at it. */
  readonly note?: string;
  readonly kind?: TreemapKind;
}

/** What the colours mean; `rest` is several things that are too small to be shown by themselves. */
export type TreemapKind =
  | "image"
  | "layer"
  | "package"
  | "distribution"
  | "folder"
  | "file"
  | "waste"
  | "archive"
  | "rest";

/** The kinds in the order in which `TreemapData` numbers them. */
export const TREEMAP_KINDS: readonly TreemapKind[] = [
  "image",
  "layer",
  "package",
  "distribution",
  "folder",
  "file",
  "waste",
  "archive",
  "rest",
];

/** Trees as JSON: texts stand once, and are numbers everywhere else. */
export interface TreemapData {
  readonly texts: readonly string[];
  readonly roots: readonly PackedNode[];
}

/** label, bytes, note (-1: none), kind (-1: none), then children. */
export type PackedNode = readonly (number | PackedNode)[];

export function treemapData(trees: readonly TreemapNode[]): TreemapData {
  const texts = new TreemapTexts();
  return { roots: trees.map((tree) => packed(tree, texts)), texts: texts.all };
}

/** Each text once; what would hide or turn words is spelt out. */
class TreemapTexts {
  readonly all: string[] = [];
  readonly #known = new Map<string, number>();

  of(text: string | undefined): number {
    if (text === undefined) return -1;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const index = this.all.push(printable(text).replaceAll("\n", "\\n")) - 1;
    this.#known.set(text, index);
    return index;
  }
}

function packed({ label, bytes, note, kind, children = [] }: TreemapNode, texts: TreemapTexts): PackedNode {
  return [
    texts.of(label),
    bytes,
    texts.of(note),
    kind === undefined ? -1 : TREEMAP_KINDS.indexOf(kind),
    ...children.map((child) => packed(child, texts)),
  ];
}

/**
 * One treemap by itself, as HTML for a page that has `TREEMAP_STYLE` and `TREEMAP_SCRIPT`. `id` names it in the page and in
 * the address, so that Back works.
 */
export function treemapFragment(
  tree: TreemapNode,
  { id, title }: { readonly id: string; readonly title: string },
): string {
  const data = treemapData([tree]);
  return `<section class="treemap" id="${htmlText(id)}" aria-label="${htmlText(printable(title))}"><noscript><p>The map needs the page's own script.</p></noscript>
<script type="application/json">${htmlJson(data)}</script></section>`;
}
