import { formatPosition } from "../../core/base/error.ts";
import { fixFirst, type ImageToFix, type ThingToFix } from "../../core/policy/gates/fix-first.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import { componentText } from "./component-text.ts";
import { counted } from "./inventory-cells.ts";
import { listOf } from "./scan-cells.ts";
import { oneLine, type ScanStyle } from "./scan-style.ts";
import { hang } from "./wrap.ts";

const IMAGES_SHOWN = 6;
const THINGS_SHOWN = 6;

/** The images to rebuild, the one that clears most first, with what of each; cut where it would not be read. */
export function fixLines(report: ScanReport, style: ScanStyle): readonly string[] {
  const fixes = fixFirst(report);
  const all = fixes.reduce((sum, { clears, stays }) => sum + clears + stays, 0);
  const hidden = fixes.slice(IMAGES_SHOWN);
  const findings = hidden.reduce((sum, { clears, stays }) => sum + clears + stays, 0);
  return [
    ...fixes
      .slice(0, IMAGES_SHOWN)
      .flatMap((fix, index) => imageLines(fix, { ...style, rank: index + 1, all })),
    ...(hidden.length === 0
      ? []
      : [
          `  and ${counted(hidden.length, "image")} more, with ${counted(findings, "finding")}: --html or --json has all`,
        ]),
  ];
}

function imageLines(
  fix: ImageToFix,
  { rank, all, ...style }: ScanStyle & { readonly rank: number; readonly all: number },
): readonly string[] {
  const { frees, things } = fix;
  const hidden = things.length - THINGS_SHOWN;
  const head = `${String(rank).padStart(2)}. `;
  return [
    hang(head, oneLine(fixText(fix, all)), style.columns),
    ...(frees.length === 0 ? [] : [hang("    ", oneLine(freesText(frees)), style.columns)]),
    ...things.slice(0, THINGS_SHOWN).flatMap((thing) => thingLines(thing, style)),
    ...(hidden > 0 ? [`    - and ${hidden} more`] : []),
  ];
}

/** `fix base-python: clears 10 of 17 denied findings, in 5 images`. */
export function fixText({ owner, clears, stays, images }: ImageToFix, all: number): string {
  const many = counted(images.length, "image");
  if (owner === undefined) {
    return `brought by no image of the fleet, or nobody knows by which: ${clears + stays} of ${counted(all, "denied finding")}, in ${many}`;
  }
  if (clears === 0)
    return `${owner}: no version is known that mends its ${counted(stays, "denied finding")}, in ${many}`;
  const more = stays === 0 ? "" : `; ${stays} more have no version that mends them`;
  return `fix ${owner}: clears ${clears} of ${counted(all, "denied finding")}, in ${many}${more}`;
}

export function freesText(frees: readonly string[]): string {
  return `nothing else blocks ${listOf(frees)}`;
}

function thingLines(thing: ThingToFix, { columns }: ScanStyle): readonly string[] {
  const { first } = thing;
  const place = formatPosition(first.at);
  const { head, more } = thingText(thing);
  return [
    hang("    - ", oneLine(head), columns),
    hang("      ", oneLine(more), columns),
    ...(place === "" ? [] : [`      ${oneLine(place)}`]),
    ...(first.hint === undefined ? [] : [hang("      hint: ", oneLine(first.hint), columns)]),
  ];
}

/** What it is, and on the line below what has to be known to mend it. */
export function thingText({ gate, name, ids, severity, fixed, clears, stays, images, first }: ThingToFix): {
  readonly head: string;
  readonly more: string;
} {
  const findings = clears + stays;
  const many = findings === images.length ? "" : `${counted(findings, "finding")} `;
  const spread = `${many}in ${counted(images.length, "image")}`;
  if (first.component === undefined)
    return { head: `${gate}: ${first.message}`, more: `${listOf(ids)}: ${spread}` };
  const rated = severity === undefined ? "" : `${severity === "unknown" ? "unrated" : severity}, `;
  const mended = fixed.length === 0 ? "no version mends it" : `mended by ${listOf(fixed)}`;
  return { head: `${componentText(name)}: ${rated}${spread}`, more: `${listOf(ids)}: ${mended}` };
}
