import { formatPosition } from "../../core/base/error.ts";
import type {
  CanaryResult,
  ScannedImage,
  ScanReport,
  UsedSource,
  WaiverUse,
} from "../../core/policy/gates/gate.ts";
import { counted } from "./inventory-cells.ts";
import { columnsOf, createPaint, fill, fit, type Paint } from "./progress-text.ts";
import { asOfText, daysLeftText, listOf, sourceText, titleOf } from "./scan-cells.ts";
import { fixLines } from "./scan-fixes.ts";
import { fleetOutcome, type ShownOutcome, shownOutcome, whyText } from "./scan-outcome.ts";
import { oneLine, type ScanStyle } from "./scan-style.ts";
import { untold } from "./scan-untold.ts";
import { hang } from "./wrap.ts";

const PIPED: ScanStyle = { paint: createPaint(false), columns: 80 };

/** A line for each image; what to fix first; what could not be told; waivers, canaries and sources; the outcome at the end. */
export function renderScan(report: ScanReport, style: ScanStyle = PIPED): string {
  const { waivers, canaries, sources, left } = report;
  const parts = [
    imageLines(report.images, style),
    section("what to fix first", fixLines(report, style)),
    section("what could not be told", untoldLines(report, style)),
    section(
      "not scanned",
      left.map(({ name, why }) => hang(`  ${oneLine(name)}  `, oneLine(why), style.columns)),
    ),
    section("waivers", waiverLines(waivers, report.asOf, style)),
    section("canaries", canaryLines(canaries, style)),
    section("sources", sourceLines(sources, style)),
    summary(report, style),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n${lines.join("\n")}`;
}

type Colour = Parameters<Paint>[0];

const COLOURS: Readonly<Record<ShownOutcome, Colour>> = {
  denied: "red",
  error: "red",
  unknown: "yellow",
  blocked: "yellow",
  waived: "cyan",
  passed: "green",
};

const NAME_WIDTH = 28;
const OUTCOME_WIDTH = 7;

/** Cut at the width: the sections below have all of it. */
function imageLines(images: readonly ScannedImage[], { paint, columns }: ScanStyle): string {
  const names = images.map(({ name }) => oneLine(name));
  const width = Math.min(NAME_WIDTH, Math.max(0, ...names.map(columnsOf)));
  return images
    .map((image, index) => {
      const outcome = shownOutcome(image);
      const why = fit(oneLine(whyText(image)), columns - width - OUTCOME_WIDTH - 4);
      return `${fill(names[index] ?? "", width)}  ${paint(COLOURS[outcome], outcome.padEnd(OUTCOME_WIDTH))}  ${why}`;
    })
    .join("\n");
}

function untoldLines(report: ScanReport, { paint, columns }: ScanStyle): readonly string[] {
  return untold(report).flatMap(({ gate, level, message, hint, images }) => [
    `  ${paint(COLOURS[level], level)} ${gate}: ${oneLine(listOf(images, 4))}`,
    hang("    ", oneLine(message), columns),
    ...(hint === undefined ? [] : [hang("    hint: ", oneLine(hint), columns)]),
  ]);
}

const WAIVER_COLOUR = { used: "cyan", expired: "red", unused: "yellow" } as const;

function waiverLines(
  waivers: readonly WaiverUse[],
  asOf: string,
  { paint, columns }: ScanStyle,
): readonly string[] {
  // What somebody has to do something about comes first.
  const sorted = (["expired", "unused", "used"] as const).flatMap((state) =>
    waivers.filter((waiver) => waiver.state === state),
  );
  return sorted.flatMap((waiver) => {
    const { gate, id, image, state, why, who, until, count, at } = waiver;
    const does = {
      used: `covers ${counted(count, "finding")}`,
      expired: "covers nothing",
      unused: "matches nothing",
    };
    return [
      `  ${paint(WAIVER_COLOUR[state], state.padEnd(OUTCOME_WIDTH))}  ${gate}: ${oneLine(id)} in ${image === "*" ? "all images" : oneLine(image)}`,
      hang("    ", `${does[state]}; until ${oneLine(until)}, ${daysLeftText(waiver, asOf)}`, columns),
      hang("    ", oneLine(`${why} (${who}) ${formatPosition(at)}`), columns),
    ];
  });
}

function canaryLines(canaries: readonly CanaryResult[], style: ScanStyle): readonly string[] {
  return canaries.map(({ gate, planted, alive, found, reason }) => {
    const more = alive ? "" : `: the gate said ${found} (${reason})`;
    return behind(alive ? ["alive", "green"] : ["DEAD", "red"], `${gate}: ${planted}${more}`, style);
  });
}

function sourceLines(sources: readonly UsedSource[], style: ScanStyle): readonly string[] {
  return sources.map((used) => {
    const { source, tool, state } = used;
    const text = `${source}, by ${tool}: ${sourceText(used)}`;
    return behind([state, state === "scanned" ? "green" : COLOURS[state]], text, style);
  });
}

/** A state in its colour, and the text behind it. */
function behind(
  [state, colour]: readonly [string, Colour],
  text: string,
  { paint, columns }: ScanStyle,
): string {
  // Coloured last: escape sequences take no columns.
  return hang(`  ${state.padEnd(OUTCOME_WIDTH)}  `, oneLine(text), columns).replace(state, () =>
    paint(colour, state),
  );
}

function summary(report: ScanReport, { paint, columns }: ScanStyle): string {
  const { outcome, why } = fleetOutcome(report);
  return [
    `${oneLine(titleOf(report))}: ${paint(COLOURS[outcome], outcome)}`,
    ...why.map((each) => hang("  ", each, columns)),
    `  ${report.pinned ? paint("yellow", asOfText(report)) : asOfText(report)}`,
  ].join("\n");
}
