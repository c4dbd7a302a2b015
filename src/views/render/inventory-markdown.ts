import type { Inventory } from "../../core/inventory/inventory.ts";
import type { InventoryRow } from "../../core/inventory/row.ts";
import * as cells from "./inventory-cells.ts";

/** A page to be committed: the same inventory gives the same bytes, and no time of its own is in it. */
export function renderInventoryMarkdown(inventory: Inventory): string {
  const { registry, release, totals } = inventory;
  const { current, other, foreign, quiet } = cells.groupRows(inventory);
  const place = [registry.host, registry.namespace].filter((part) => part !== undefined).join("/");
  const sections = [
    "# Docker image inventory",
    [
      `- Registry: \`${place}\``,
      `- Last release: ${release === undefined ? "none" : `\`${release}\``}`,
      `- Images: ${cells.countText(current) || "none"}`,
      `- Bytes in the registry: ${cells.bytesText(totals.unique)} (${cells.bytesText(totals.sum)} if no layer were shared)`,
      ...inventory.engines.map(({ name, state, why, images, running }) =>
        state === "read"
          ? `- Engine ${text(name)}: ${cells.counted(images, "image")}, ${cells.counted(running, "running container")}`
          : `- Engine ${text(name)}: no answer, so unknown (${text(why ?? "")})`,
      ),
    ].join("\n"),
    ...section("The last release", inventory, current),
    ...section("Not as it should be", inventory, other),
    ...section("Foreign", inventory, foreign),
    ...section("Older releases, content names, caches", inventory, quiet),
    ...since(inventory),
    LEGEND,
  ];
  return `${sections.join("\n\n")}\n`;
}

const LEGEND = `## How to read this

Digests are shortened. \`same\` is what was released, whether an engine names it by its index, its platform's manifest or
its config; \`-\` is not there, \`?\` did not answer. Size is compressed (config and layers); unique is what no
other image shares; unpacked is what an engine says.`;

function section(title: string, inventory: Inventory, rows: readonly InventoryRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const head = [
    "Image",
    "Tag",
    "State",
    "Released",
    "Registry",
    ...inventory.engines.map(({ name }) => text(name)),
    "Size",
    "Unique",
    "Unpacked",
    "Created",
    "Revision",
    "Base",
    "Why",
  ];
  const lines = rows.map((row) => [
    text(row.image),
    row.tag === undefined ? "-" : `\`${row.tag.length > 60 ? `${row.tag.slice(0, 19)}…` : row.tag}\``,
    cells.CLASS_LABEL[cells.shownClass(row)],
    ...cells.placeCells(row),
    cells.bytesText(row.unpacked),
    text(row.created?.slice(0, 10) ?? "-"),
    text(row.revision?.slice(0, 7) ?? "-"),
    text(row.base ?? "-"),
    text(row.reasons.join("; ")),
  ]);
  return [`## ${title}`, table(head, lines)];
}

function since({ since: found, release }: Inventory): readonly string[] {
  if (found === undefined) return [];
  const lines = found.changes.map((each) => [
    text(each.name),
    each.change,
    cells.digestText(each.before),
    cells.digestText(each.after),
    cells.deltaText(each.bytes),
  ]);
  return [
    `## From ${found.release} to ${release ?? "none"}`,
    table(["Image", "Change", "Before", "After", "Bytes"], lines),
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...lines.map(row)].join("\n");
}

/** Names and messages of other programs: no cell may end its row, begin a tag or a link. */
function text(value: string): string {
  return value.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\|<>`*[\]]/g, (character) => `\\${character}`);
}
