import { markdownTable, markdownText } from "../../core/base/markdown-text.ts";
import type { Inventory } from "../../core/inventory/inventory.ts";
import type { InventoryRow } from "../../core/inventory/row.ts";
import {
  bytesText,
  CLASS_LABEL,
  countText,
  deltaText,
  digestText,
  engineText,
  groupRows,
  registryText,
} from "./inventory-cells.ts";

/** A page to be committed: the same inventory gives the same bytes, and no time of its own is in it. */
export function renderInventoryMarkdown(inventory: Inventory): string {
  const { registry, release, totals } = inventory;
  const { current, other, foreign, quiet } = groupRows(inventory);
  const place = [registry.host, registry.namespace].filter((part) => part !== undefined).join("/");
  const sections = [
    "# Docker image inventory",
    [
      `- Registry: \`${place}\``,
      `- Last release: ${release === undefined ? "none" : `\`${release}\``}`,
      `- Images: ${countText(current) || "none"}`,
      `- Bytes in the registry: ${bytesText(totals.unique)} (${bytesText(totals.sum)} if no layer were shared)`,
      ...inventory.engines.map(({ name, state, why, images, running }) =>
        state === "read"
          ? `- Engine ${markdownText(name)}: ${images} images, ${running} running containers`
          : `- Engine ${markdownText(name)}: no answer, so unknown (${markdownText(why ?? "")})`,
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

Digests are shortened. An engine's \`same\` means the same image, whether the engine names it by its index, its platform's
manifest or its config; \`-\` is not there, \`?\` did not answer. Size is compressed (config and layers); unique is what no
other image shares; unpacked is what an engine says.`;

function section(title: string, inventory: Inventory, rows: readonly InventoryRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const head = [
    "Image",
    "Tag",
    "State",
    "Released",
    "Registry",
    ...inventory.engines.map(({ name }) => markdownText(name)),
    "Size",
    "Unique",
    "Unpacked",
    "Created",
    "Revision",
    "Base",
    "Why",
  ];
  const lines = rows.map((row) => [
    markdownText(row.image),
    row.tag === undefined ? "-" : `\`${row.tag.length > 60 ? `${row.tag.slice(0, 19)}…` : row.tag}\``,
    CLASS_LABEL[row.drift],
    digestText(row.released),
    registryText(row),
    ...row.engines.map((engine) => engineText({ ...row, engine })),
    bytesText(row.compressed),
    bytesText(row.unique),
    bytesText(row.unpacked),
    markdownText(row.created?.slice(0, 10) ?? "-"),
    markdownText(row.revision?.slice(0, 7) ?? "-"),
    markdownText(row.base ?? "-"),
    markdownText(row.reasons.join("; ")),
  ]);
  return [`## ${title}`, markdownTable(head, lines)];
}

function since({ since: found, release }: Inventory): readonly string[] {
  if (found === undefined) return [];
  const lines = found.changes.map((each) => [
    markdownText(each.name),
    each.change,
    digestText(each.before),
    digestText(each.after),
    deltaText(each.bytes),
  ]);
  return [
    `## From ${found.release} to ${release ?? "none"}`,
    markdownTable(["Image", "Change", "Before", "After", "Bytes"], lines),
  ];
}
