import type { Inventory } from "../../core/inventory/inventory.ts";
import { hasDrifted, type InventoryRow } from "../../core/inventory/row.ts";
import * as cells from "./inventory-cells.ts";
import { printable } from "./printable.ts";
import { createPaint, type Paint } from "./progress-text.ts";
import { renderTable } from "./table.ts";

export interface InventoryTextOptions {
  /** Also what is in step and of no interest: older releases, caches, content names. */
  readonly all: boolean;
  readonly paint?: Paint;
}

/** For a terminal: the last release, what else is not as it should be, and a summary. */
export function renderInventory(
  inventory: Inventory,
  { all, paint = createPaint(false) }: InventoryTextOptions,
): string {
  const { current, other, foreign, quiet } = cells.groupRows(inventory);
  const leftovers = other.filter(({ drift }) => drift === "orphaned");
  // Foreign images of the fleet's own registry are somebody's mistake; those of other places are just neighbours.
  const near = [...leftovers, ...foreign.filter(({ registry }) => registry.state === "present")];
  const shown = all
    ? [...current, ...other, ...foreign, ...quiet]
    : [...current, ...other.filter(({ drift }) => drift !== "orphaned")];
  const hidden = all ? 0 : foreign.length + leftovers.length - near.length + quiet.length;
  const parts = [
    shown.length === 0 ? "" : tableOf(inventory, shown, paint),
    reasonsOf(shown),
    all ? "" : reasonsOf(near),
    sinceOf(inventory),
    summaryOf(inventory, current, hidden),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function tableOf({ engines }: Inventory, rows: readonly InventoryRow[], paint: Paint): string {
  const head = [
    "IMAGE",
    "TAG",
    "STATE",
    "RELEASED",
    "REGISTRY",
    ...engines.map(({ name }) => name.toUpperCase()),
    "SIZE",
    "UNIQUE",
  ];
  const lines = rows.map((row) => [
    row.image,
    tagText(row.tag),
    paint(colourOf(row), cells.CLASS_LABEL[cells.shownClass(row)]),
    ...cells.placeCells(row),
  ]);
  return renderTable([head, ...lines]);
}

function colourOf(row: InventoryRow): "green" | "red" | "yellow" {
  if (row.drift === "in-step") return "green";
  return hasDrifted(row) ? "red" : "yellow";
}

/** A content name is as long as a line; its beginning tells it from all others. */
function tagText(tag: string | undefined): string {
  if (tag === undefined) return "-";
  return tag.length > 32 ? `${tag.slice(0, 19)}…` : tag;
}

/** One line for all with the same tag and reason: a release leaves a tag in each repository, a silent engine a word. */
function reasonsOf(rows: readonly InventoryRow[]): string {
  const groups = new Map<string, InventoryRow[]>();
  for (const row of rows) {
    if (row.drift === "in-step") continue;
    const tag = row.tag === undefined ? "" : ` ${tagText(row.tag)}`;
    for (const each of row.reasons) {
      // Of other people's programs, and of failed commands: several lines, and whatever bytes.
      const reason = `${cells.CLASS_LABEL[cells.shownClass(row)]}${tag}: ${printable(each.replaceAll(/\s+/g, " "))}`;
      groups.set(reason, [...(groups.get(reason) ?? []), row]);
    }
  }
  return [...groups]
    .map(
      ([reason, [first, ...more]]) =>
        `${more.length === 0 ? first?.image : cells.counted(more.length + 1, "image")}: ${reason}`,
    )
    .join("\n");
}

function sinceOf({ since, release }: Inventory): string {
  if (since === undefined) return "";
  const moved = since.changes.filter(({ change }) => change !== "same");
  const head = `since ${since.release}: ${moved.length === 0 ? `nothing changed up to ${release}` : `${cells.counted(moved.length, "image")} changed`}`;
  const lines = moved.map((each) => [
    `  ${each.name}`,
    each.change,
    cells.digestText(each.before),
    cells.digestText(each.after),
    cells.deltaText(each.bytes),
  ]);
  return lines.length === 0 ? head : `${head}\n${renderTable(lines)}`;
}

function summaryOf(
  { release, totals, engines }: Inventory,
  current: readonly InventoryRow[],
  hidden: number,
): string {
  const silent = engines.filter(({ state }) => state === "unknown").map(({ name }) => name);
  return [
    `${release === undefined ? "never released" : `release ${release}`}: ${current.length === 0 ? "no images" : cells.countText(current)}`,
    `registry: ${cells.bytesText(totals.unique)} (${cells.bytesText(totals.sum)} if no layer were shared)`,
    ...(silent.length === 0 ? [] : [`no answer from ${silent.join(", ")}: unknown, not missing`]),
    ...(hidden === 0 ? [] : [`${hidden} more in step or foreign: --all`]),
  ].join("\n");
}
