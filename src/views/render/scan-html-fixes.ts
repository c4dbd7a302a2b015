import { formatPosition } from "../../core/base/error.ts";
import { fixFirst, type ImageToFix, type ThingToFix } from "../../core/policy/gates/fix-first.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import { componentText } from "./component-text.ts";
import { counted } from "./inventory-cells.ts";
import { listOf } from "./scan-cells.ts";
import { freesText } from "./scan-fixes.ts";
import { findingsHref, shown, tableHtml } from "./scan-html-parts.ts";

const IMAGES_SHOWN = 8;
const THINGS_SHOWN = 12;

/** The images to fix, the one that clears most first, each with a bar of its share. */
export function fixesSection(report: ScanReport): string {
  const fixes = fixFirst(report);
  if (fixes.length === 0) return "";
  const all = fixes.reduce((sum, { clears, stays }) => sum + clears + stays, 0);
  const hidden = fixes.slice(IMAGES_SHOWN);
  const left = hidden.reduce((sum, { clears, stays }) => sum + clears + stays, 0);
  const more =
    hidden.length === 0
      ? ""
      : `<p>And ${counted(hidden.length, "image")} more, with ${counted(left, "finding")}: <a href="${findingsHref({ state: "denied" })}">all that is denied</a>.</p>`;
  return `<p>${counted(all, "denied finding")}, each counted once for every image that has it.</p>
<ol class="fixes">
${fixes
  .slice(0, IMAGES_SHOWN)
  .map((fix, index) => fixItem(fix, { all, isOpen: index === 0 }))
  .join("\n")}
</ol>
${more}`;
}

function fixItem(
  fix: ImageToFix,
  { all, isOpen }: { readonly all: number; readonly isOpen: boolean },
): string {
  const { owner, clears, stays, images, frees, things } = fix;
  const share = ((100 * clears) / all).toFixed(2);
  const kept = ((100 * stays) / all).toFixed(2);
  const name =
    owner === undefined ? "Of no image of the fleet, or nobody knows of which" : `<b>${shown(owner)}</b>`;
  const link = owner === undefined ? { state: "denied" } : { owner, state: "denied" };
  return `<li>${name}: ${whatItDoes(fix)}, in ${counted(images.length, "image")}
<i class="share two" style="--share:${share}%;--rest:${kept}%"></i>
${frees.length === 0 ? "" : `<p class="frees">${shown(freesText(frees))}</p>`}
<details${isOpen ? " open" : ""}><summary>${shown(listOf(things.map(thingName)))}</summary>
${thingsTable(things)}
<p><a href="${findingsHref(link)}">in the table of findings</a></p></details></li>`;
}

function whatItDoes({ owner, clears, stays }: ImageToFix): string {
  const unmended = `<span class="unknown">${stays} that no known version mends</span>`;
  if (owner === undefined) return counted(clears + stays, "finding");
  if (clears === 0) return unmended;
  return `clears <b>${clears}</b>${stays === 0 ? "" : `, leaves ${unmended}`}`;
}

function thingName({ name, first }: ThingToFix): string {
  return first.component === undefined ? name : componentText(name);
}

function thingsTable(things: readonly ThingToFix[]): string {
  const rows = things.slice(0, THINGS_SHOWN).map((thing) => {
    const { gate, name, ids, severity, fixed, clears, stays, images, first } = thing;
    const isComponent = first.component !== undefined;
    const place = formatPosition(first.at);
    const mend = isComponent ? (fixed.length === 0 ? "no known version" : listOf(fixed)) : (first.hint ?? "");
    return [
      `${shown(isComponent ? componentText(name) : first.message)}${place === "" ? "" : `<small>${shown(place)}</small>`}`,
      `${shown(listOf(ids))}<small>${gate}</small>`,
      severity === undefined ? "" : `<span class="severity ${severity}">${severity}</span>`,
      shown(mend),
      `${clears + stays}`,
      `${images.length}`,
    ];
  });
  const table = tableHtml(
    [
      { title: "What", kind: "name" },
      { title: "Found" },
      { title: "Severity" },
      { title: "Mended by" },
      { title: "Findings", kind: "number" },
      { title: "Images", kind: "number" },
    ],
    rows,
  );
  const more = things.length - rows.length;
  return more > 0 ? `${table}<p>and ${more} more</p>` : table;
}
