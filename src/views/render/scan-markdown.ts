import { markdownTable } from "../../core/base/markdown-text.ts";
import { fixFirst, type ImageToFix } from "../../core/policy/gates/fix-first.ts";
import type { ScanReport, WaiverUse } from "../../core/policy/gates/gate.ts";
import { commentCode, commentText } from "./comment-text.ts";
import { componentText } from "./component-text.ts";
import { counted } from "./inventory-cells.ts";
import { asOfText, inWaiverOrder, listOf, sourceText, waiverDaysText } from "./scan-cells.ts";
import { leftGroups } from "./scan-left.ts";
import {
  fleetOutcome,
  isGreen,
  OUTCOME_MARK,
  SHOWN_OUTCOMES,
  shownOutcome,
  whyText,
} from "./scan-outcome.ts";

/** How many lines each list may have, so that the whole stays within 60. */
const MOST = { images: 12, fixes: 6, left: 1, off: 3, waivers: 4, canaries: 4, sources: 4 } as const;

/**
 * A comment for a pull request: the outcome, the images that are not green, what to fix first, and folded away what it
 * rests on. Under 60 lines, however large the fleet; nothing in it that somebody else wrote is Markdown or HTML.
 */
export function renderScanMarkdown(report: ScanReport): string {
  const { outcome, why } = fleetOutcome(report);
  const title = `${report.fleet}${report.release === null ? "" : ` ${report.release}`}`;
  const parts = [
    `## ${OUTCOME_MARK[outcome]} Gates of ${commentCode(title)}: ${outcome}`,
    `${why.map(commentText).join(". ")}.`,
    report.pinned ? `> **${commentText(asOfText(report))}**` : commentText(asOfText(report)),
    notGreen(report),
    fixes(report),
    green(report),
    groundsOf(report),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function notGreen({ images, left }: ScanReport): string {
  const shown = SHOWN_OUTCOMES.flatMap((outcome) =>
    images.filter((image) => !isGreen(image) && shownOutcome(image) === outcome),
  );
  const rows = [
    ...left
      .filter(({ asked }) => asked)
      .map(({ name, why }) => [commentCode(name), "? not judged", commentText(why)]),
    ...shown.map((image) => {
      const outcome = shownOutcome(image);
      return [commentCode(image.name), `${OUTCOME_MARK[outcome]} ${outcome}`, commentText(whyText(image))];
    }),
  ];
  return rows.length === 0 ? "" : cut(["Image", "Outcome", "Why"], rows, MOST.images);
}

/** A table of at most so many rows, the last of which says what is left out. */
function cut(head: readonly string[], rows: readonly (readonly string[])[], most: number): string {
  if (rows.length <= most) return markdownTable(head, rows);
  const more = [`and ${rows.length - most + 1} more`, ...head.slice(1).map(() => "")];
  return markdownTable(head, [...rows.slice(0, most - 1), more]);
}

function fixes(report: ScanReport): string {
  const found = fixFirst(report);
  if (found.length === 0) return "";
  const all = found.reduce((sum, { clears, stays }) => sum + clears + stays, 0);
  const table = cut(["Image", "Clears", "In", "Frees", "What"], found.map(fixRow), MOST.fixes);
  return `**What to fix first**, of ${counted(all, "denied finding")}:\n\n${table}`;
}

function fixRow({ owner, clears, stays, images, frees, things }: ImageToFix): readonly string[] {
  const [first, ...more] = things;
  const name = first?.first.component === undefined ? (first?.name ?? "") : componentText(first.name);
  return [
    owner === undefined ? "of no image of the fleet" : commentCode(owner),
    `${clears}${stays === 0 ? "" : ` (${stays} that no version mends)`}`,
    counted(images.length, "image"),
    frees.length === 0 ? "" : counted(frees.length, "image"),
    `${commentCode(name)}${more.length === 0 ? "" : ` and ${more.length} more`}`,
  ];
}

function green({ images }: ScanReport): string {
  const names = images.filter(isGreen).map(({ name }) => commentCode(name));
  return names.length === 0 ? "" : folded(`${counted(names.length, "image")} passed`, names.join(", "));
}

/** What the outcome rests on and what it leaves out; of waivers, canaries and sources, what is wrong with them first. */
function groundsOf(report: ScanReport): string {
  const parts = [left(report), gatesOff(report), waivers(report), canaries(report), sources(report)].filter(
    ({ lines }) => lines.length > 0,
  );
  if (parts.length === 0) return "";
  const summary = parts.map((part) => part.summary).join("; ");
  return folded(summary, parts.flatMap(({ lines }) => lines).join("\n"));
}

interface Grounds {
  readonly summary: string;
  readonly lines: readonly string[];
}

const NAMES_SHOWN = 6;

function left(report: ScanReport): Grounds {
  const others = leftGroups(report).filter(({ asked }) => !asked);
  const names = others.flatMap((group) => group.names);
  const lines = others.map(
    (group) =>
      `- not scanned: ${listOf(group.names.map(commentCode), NAMES_SHOWN)}: ${commentText(group.why)}`,
  );
  return { summary: `${counted(names.length, "image")} not scanned`, lines: few(lines, MOST.left) };
}

function gatesOff({ off }: ScanReport): Grounds {
  const lines = off.map(({ gate, why }) => `- gate ${gate} is off: ${commentText(why)}`);
  return { summary: `${counted(off.length, "gate")} off`, lines: few(lines, MOST.off) };
}

function waivers({ waivers: all, asOf }: ScanReport): Grounds {
  const lines = inWaiverOrder(all).map((waiver) => {
    const { state, gate, id, image, why, who, until } = waiver;
    const where = image === "*" ? "all images" : commentCode(image);
    const ends = `until ${until}, ${waiverDaysText(waiver, asOf)}`;
    return `- ${state} waiver: ${gate} ${commentCode(id)} in ${where}, ${commentText(ends)}: ${commentText(`${why} (${who})`)}`;
  });
  const count = (state: WaiverUse["state"]) => all.filter((each) => each.state === state).length;
  const pending = count("pending");
  return {
    summary: `waivers: ${count("used")} used, ${count("expired")} expired, ${count("unused")} unused${pending === 0 ? "" : `, ${pending} not begun`}`,
    lines: few(lines, MOST.waivers),
  };
}

function canaries({ canaries: all }: ScanReport): Grounds {
  const alive = all.filter((canary) => canary.alive);
  const dead = all.filter((canary) => !canary.alive);
  const lines = dead.map(
    ({ gate, planted, found, reason }) =>
      `- **dead canary**: ${gate}: ${commentText(planted)}: the gate said ${found}: ${commentText(reason)}`,
  );
  const gates = [...new Set(alive.map(({ gate }) => gate))];
  const did = `- canaries that did what they must: of ${gates.join(", ")}`;
  return {
    summary: `canaries: ${alive.length} of ${all.length} did what they must`,
    lines: [...few(lines, MOST.canaries - 1), ...(alive.length === 0 ? [] : [did])],
  };
}

function sources({ sources: all }: ScanReport): Grounds {
  const scanned = all.filter(({ state }) => state === "scanned");
  const lines = [...all.filter(({ state }) => state !== "scanned"), ...scanned].map(
    (used) =>
      `- source ${used.source}, by ${commentText(used.tool)}: ${used.state}: ${commentText(sourceText(used))}`,
  );
  return { summary: `sources: ${scanned.length} of ${all.length} scanned`, lines: few(lines, MOST.sources) };
}

function few(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most - 1), `- and ${lines.length - most + 1} more`];
}

/** HTML that code hosts take in Markdown; what is within is Markdown again behind an empty line. */
function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
