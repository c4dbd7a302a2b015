import { formatPosition } from "../../core/base/error.ts";
import type { ScannedImage, ScanReport, UsedSource, WaiverUse } from "../../core/policy/gates/gate.ts";
import { counted } from "./inventory-cells.ts";
import { columnsOf, createPaint, fill, fit } from "./progress-text.ts";
import { canaryLines, renderCanaries } from "./scan-canaries.ts";
import {
  asOfText,
  countNotes,
  inWaiverOrder,
  listOf,
  sourceText,
  titleOf,
  waiverDaysText,
} from "./scan-cells.ts";
import { fixLines } from "./scan-fixes.ts";
import { leftGroups } from "./scan-left.ts";
import { fleetOutcome, shownOutcome, whyText } from "./scan-outcome.ts";
import { behind, OUTCOME_COLOUR, oneLine, type ScanStyle, STATE_WIDTH } from "./scan-style.ts";
import { untold } from "./scan-untold.ts";
import { hang } from "./wrap.ts";

export interface ScanTextOptions extends ScanStyle {
  /** Each canary, not only those that did not do what they must. */
  readonly canaries?: boolean;
}

const PIPED: ScanTextOptions = { paint: createPaint(false), columns: 80 };

/**
 * A line for each image; what to fix first; what could not be told; waivers, gates that are off, canaries and sources; the
 * outcome at the end.
 */
export function renderScan(report: ScanReport, style: ScanTextOptions = PIPED): string {
  const { waivers, canaries, sources, off } = report;
  const parts = [
    imageLines(report.images, style),
    section("what to fix first", fixLines(report, style)),
    section("what could not be told", untoldLines(report, style)),
    section("not scanned", leftLines(report, style)),
    section("waivers", waiverLines(waivers, report.asOf, style)),
    section(
      "gates that are off",
      off.map(({ gate, why }) => behind([gate, "yellow"], why, style)),
    ),
    section("canaries", (style.canaries === true ? renderCanaries : canaryLines)(canaries, style)),
    section("sources", sourceLines(sources, style)),
    summary(report, style),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n${lines.join("\n")}`;
}

const NAME_WIDTH = 28;

/** Cut at the width: the sections below have all of it. */
function imageLines(images: readonly ScannedImage[], { paint, columns }: ScanStyle): string {
  const names = images.map(({ name }) => oneLine(name));
  const width = Math.min(NAME_WIDTH, Math.max(0, ...names.map(columnsOf)));
  return images
    .map((image, index) => {
      const outcome = shownOutcome(image);
      const why = fit(oneLine(whyText(image)), columns - width - STATE_WIDTH - 4);
      return `${fill(names[index] ?? "", width)}  ${paint(OUTCOME_COLOUR[outcome], outcome.padEnd(STATE_WIDTH))}  ${why}`;
    })
    .join("\n");
}

function untoldLines(report: ScanReport, { paint, columns }: ScanStyle): readonly string[] {
  return untold(report).flatMap(({ gate, level, message, hint, images }) => [
    `  ${paint(OUTCOME_COLOUR[level], level)} ${gate}: ${oneLine(listOf(images, 4))}`,
    hang("    ", oneLine(message), columns),
    ...(hint === undefined ? [] : [hang("    hint: ", oneLine(hint), columns)]),
  ]);
}

const NAMES_SHOWN = 6;

function leftLines(report: ScanReport, { columns }: ScanStyle): readonly string[] {
  return leftGroups(report).flatMap(({ names, why }) => [
    hang("  ", oneLine(listOf(names, NAMES_SHOWN)), columns),
    hang("    ", oneLine(why), columns),
  ]);
}

const WAIVER_COLOUR = { used: "cyan", expired: "red", unused: "yellow", pending: "yellow" } as const;

function waiverLines(
  waivers: readonly WaiverUse[],
  asOf: string,
  { paint, columns }: ScanStyle,
): readonly string[] {
  return inWaiverOrder(waivers).flatMap((waiver) => {
    const { gate, id, image, state, why, who, until, count, at } = waiver;
    const days = waiverDaysText(waiver, asOf);
    const does = {
      used: `covers ${counted(count, "finding")}; until ${oneLine(until)}, ${days}`,
      expired: `covers nothing; until ${oneLine(until)}, ${days}`,
      unused: `matches nothing; until ${oneLine(until)}, ${days}`,
      pending: `${oneLine(days)}; until ${oneLine(until)}`,
    };
    return [
      `  ${paint(WAIVER_COLOUR[state], state.padEnd(STATE_WIDTH))}  ${gate}: ${oneLine(id)} in ${image === "*" ? "all images" : oneLine(image)}`,
      hang("    ", does[state], columns),
      hang("    ", oneLine(`${why} (${who}) ${formatPosition(at)}`), columns),
    ];
  });
}

function sourceLines(sources: readonly UsedSource[], style: ScanStyle): readonly string[] {
  return sources.map((used) => {
    const { source, tool, state } = used;
    const text = `${source}, by ${tool}: ${sourceText(used)}`;
    return behind([state, state === "scanned" ? "green" : OUTCOME_COLOUR[state]], text, style);
  });
}

function summary(report: ScanReport, { paint, columns }: ScanStyle): string {
  const { outcome, why } = fleetOutcome(report);
  const notes = countNotes(report);
  return [
    `${oneLine(titleOf(report))}: ${paint(OUTCOME_COLOUR[outcome], outcome)}`,
    ...why.map((each) => hang("  ", oneLine(each), columns)),
    ...(notes === 0
      ? []
      : [
          hang(
            "  ",
            `${counted(notes, "note")} that block nothing: --html, --json and --sarif list them`,
            columns,
          ),
        ]),
    `  ${report.pinned ? paint("yellow", asOfText(report)) : asOfText(report)}`,
  ].join("\n");
}
