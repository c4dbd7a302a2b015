import type { Inventory } from "../../core/inventory/inventory.ts";
import type { InventoryRow } from "../../core/inventory/row.ts";
import { htmlPage, htmlText } from "./html-page.ts";
import {
  bytesText,
  CLASS_LABEL,
  counted,
  countText,
  deltaText,
  digestText,
  engineText,
  groupRows,
  registryText,
  shownClass,
} from "./inventory-cells.ts";
import { INVENTORY_SCRIPT, INVENTORY_STYLE } from "./inventory-page.ts";

/** One page with nothing outside of it: filter, sort, size bars and the hierarchy. The same inventory, the same bytes. */
export function renderInventoryHtml(inventory: Inventory): string {
  const { registry, release } = inventory;
  const place = [registry.host, registry.namespace].filter((part) => part !== undefined).join("/");
  const title = `Inventory of ${place}`;
  return htmlPage({
    title,
    style: INVENTORY_STYLE,
    script: INVENTORY_SCRIPT,
    body: `<header>
<h1>${htmlText(title)}</h1>
<p>${release === undefined ? "Never released" : `Last release <code>${htmlText(release)}</code>`}: ${htmlText(countText(groupRows(inventory).current) || "no images")}.</p>
</header>
${cards(inventory)}
${since(inventory)}
${controls(inventory)}
${table(inventory)}
<footer>Digests are shortened; point at one for the whole. <b>same</b>: what was released, whether an engine names it by index,
manifest or config; - is not there, ? did not answer. Size is compressed; unique is what no other image shares; unpacked is what an engine says.</footer>`,
  });
}

function cards({ engines, totals }: Inventory): string {
  const card = (name: string, value: string, more: string, state = ""): string =>
    `<div class="card ${state}"><span>${htmlText(name)}</span><b>${htmlText(value)}</b><span>${htmlText(more)}</span></div>`;
  const places = engines.map(({ name, state, why, images, running }) =>
    state === "read"
      ? card(`engine ${name}`, counted(images, "image"), counted(running, "running container"))
      : card(`engine ${name}`, "unknown", why ?? "no answer", "silent"),
  );
  const registry = card(
    "registry",
    bytesText(totals.unique),
    `${bytesText(totals.sum)} if no layer were shared`,
  );
  return `<section class="cards">${[registry, ...places].join("")}</section>`;
}

const FEW = 12;

function since({ since: found, release }: Inventory): string {
  if (found === undefined) return "";
  const moved = found.changes.filter(({ change }) => change !== "same");
  const lines = moved.map(
    ({ name, change, before, after, bytes }) =>
      `<li><b>${htmlText(name)}</b> ${change}: <code>${digestText(before)}</code> → <code>${digestText(after)}</code>, ${deltaText(bytes)}</li>`,
  );
  // A long list would push the table out of sight.
  return `<details${moved.length > FEW ? "" : " open"}><summary>From ${htmlText(found.release)} to ${htmlText(release ?? "none")}: ${moved.length} of ${found.changes.length} changed</summary><ul>${lines.join("")}</ul></details>`;
}

function controls({ rows }: Inventory): string {
  const chips = Object.entries(CLASS_LABEL).flatMap(([shown, label]) => {
    const count = rows.filter((row) => shownClass(row) === shown).length;
    return count === 0
      ? []
      : `<button class="chip ${shown}" data-class="${shown}" aria-pressed="false">${label} <i>${count}</i></button>`;
  });
  return `<nav><input id="filter" type="search" placeholder="filter by name, tag, digest, reason" aria-label="filter">
${chips.join("\n")}
<label><input id="all" type="checkbox"> with older releases, caches and foreign images</label>
<button id="tree" class="chip" aria-pressed="true">in the order of the hierarchy</button>
<span id="count" role="status"></span></nav>`;
}

function table(inventory: Inventory): string {
  const head = [
    ["Image", "text"],
    ["State", "text"],
    ["Tag", "text"],
    ["Released", "text"],
    ["Registry", "text"],
    ...inventory.engines.map(({ name }) => [name, "text"]),
    ["Size", "number"],
    ["Unique", "number"],
    ["Unpacked", "number"],
    ["Created", "text"],
    ["Revision", "text"],
    ["Base", "text"],
  ];
  const { current, other, foreign, quiet } = groupRows(inventory);
  const largest = Math.max(1, ...inventory.rows.map(({ compressed }) => compressed ?? 0));
  const lines = [
    ...hierarchy(current).map(([row, depth]) => line(row, { depth, largest, group: "current" })),
    ...other.map((row) => line(row, { depth: 0, largest, group: "other" })),
    ...[...foreign, ...quiet].map((row) => line(row, { depth: 0, largest, group: "more" })),
  ];
  const heads = head.map(
    ([name = "", kind]) =>
      `<th class="${kind}" data-kind="${kind}" aria-sort="none"><button>${breakable(name)}</button></th>`,
  );
  return `<div class="scroll"><table class="tree"><thead><tr>${heads.join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody></table></div>`;
}

/** Each image under the one that it stands on, with how deep it is. */
function hierarchy(rows: readonly InventoryRow[]): readonly (readonly [InventoryRow, number])[] {
  const names = new Set(rows.map(({ image }) => image));
  const standsOn = (row: InventoryRow, base: string | undefined): boolean =>
    base === undefined ? row.base === undefined || !names.has(row.base) : row.base === base;
  const under = (base: string | undefined, depth: number): readonly (readonly [InventoryRow, number])[] =>
    rows.flatMap((row) =>
      standsOn(row, base) ? [[row, depth] as const, ...under(row.image, depth + 1)] : [],
    );
  return under(undefined, 0);
}

interface Place {
  readonly depth: number;
  readonly largest: number;
  readonly group: "current" | "other" | "more";
}

function line(row: InventoryRow, { depth, largest, group }: Place): string {
  const shown = shownClass(row);
  const why = row.reasons.map((reason) => `<small>${htmlText(reason)}</small>`).join("");
  const cells = [
    cell(`<span style="--depth:${depth}">${breakable(row.image)}</span>`, { sort: row.image, kind: "name" }),
    cell(`<mark class="${shown}">${CLASS_LABEL[shown]}</mark>${shown === "in-step" ? "" : why}`, {
      sort: shown,
    }),
    cell(`<code title="${htmlText(row.tag ?? "")}">${htmlText(short(row.tag))}</code>`, {
      sort: row.tag ?? "",
    }),
    digestCell(digestText(row.released), row.released),
    digestCell(registryText(row), row.registry.state === "present" ? row.registry.digest : undefined),
    ...row.engines.map((engine) => digestCell(engineText({ ...row, engine }), engine.digest)),
    barCell(row.compressed, largest),
    barCell(row.unique, largest),
    cell(bytesText(row.unpacked), { sort: row.unpacked ?? -1, kind: "number" }),
    cell(htmlText(row.created?.slice(0, 10) ?? "-"), { sort: row.created ?? "" }),
    cell(`<code>${htmlText(row.revision?.slice(0, 7) ?? "-")}</code>`, { sort: row.revision ?? "" }),
    cell(`<span title="${htmlText(row.baseDigest ?? "")}">${htmlText(row.base ?? "-")}</span>`, {
      sort: row.base ?? "",
    }),
  ];
  return `<tr data-class="${shown}" data-group="${group}">${cells.join("")}</tr>`;
}

function cell(
  content: string,
  { sort, kind = "" }: { readonly sort: string | number; readonly kind?: string },
): string {
  return `<td${kind === "" ? "" : ` class="${kind}"`} data-sort="${htmlText(String(sort))}">${content}</td>`;
}

function digestCell(shown: string, whole: string | undefined): string {
  return cell(`<code title="${htmlText(whole ?? "")}">${htmlText(shown)}</code>`, { sort: shown });
}

function barCell(bytes: number | undefined, largest: number): string {
  const share = ((100 * (bytes ?? 0)) / largest).toFixed(1);
  return cell(`<span class="bar" style="--share:${share}%">${bytesText(bytes)}</span>`, {
    sort: bytes ?? -1,
    kind: "number",
  });
}

function short(tag: string | undefined): string {
  if (tag === undefined) return "-";
  return tag.length > 28 ? `${tag.slice(0, 15)}…` : tag;
}

/** A name that may go on in the next line after its separators, and not in the middle of a word. */
function breakable(name: string): string {
  return htmlText(name).replaceAll(/[-_/]/g, "$&<wbr>");
}
