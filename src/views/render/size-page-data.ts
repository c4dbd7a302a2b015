import { printable } from "./printable.ts";
import { fleetTables } from "./size-page-fleet.ts";
import { imageTables } from "./size-page-image.ts";
import type { PageTable } from "./size-page-table.ts";
import { fleetTree, imageTree } from "./size-trees.ts";
import type { SizeView } from "./size-view.ts";
import { type TreemapData, type TreemapNode, treemapData } from "./treemap.ts";

/** What the page's script draws: a map and tables for all images together, where there are several, and for each. */
export interface SizePageData {
  readonly map: TreemapData;
  /** In the order of the map's roots. */
  readonly views: readonly PageView[];
}

interface PageView {
  readonly name: string;
  readonly tables: readonly PageTable[];
}

/** What a browser shows without an effort; programs read `--json`. */
const MAX_ROWS = 2000;

export function sizePageData(view: SizeView): SizePageData {
  const { images } = view;
  const isFleet = images.length > 1;
  const trees: readonly TreemapNode[] = [
    ...(isFleet ? [fleetTree(view)] : []),
    ...images.map(({ size }) => imageTree(size)),
  ];
  const views = [
    ...(isFleet ? [{ name: "all images", tables: fleetTables(view) }] : []),
    ...images.map(({ size }) => ({ name: size.name, tables: imageTables(size, view.growth) })),
  ];
  return {
    map: treemapData(trees),
    views: views.map(({ name, tables }) => ({
      name: textOf(name),
      tables: tables.map(shown).filter(({ rows }) => rows.length > 0),
    })),
  };
}

function shown({ rows, ...table }: PageTable): PageTable {
  return {
    ...table,
    total: table.total ?? rows.length,
    rows: rows
      .slice(0, MAX_ROWS)
      .map((row) => row.map((cell) => (typeof cell === "string" ? textOf(cell) : cell))),
  };
}

function textOf(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}
