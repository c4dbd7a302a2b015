import type { Place } from "./arrange.ts";
import { isDecisionLine } from "./decision.ts";
import { decodeLines } from "./decode-lines.ts";
import { saidIn } from "./human-text.ts";
import { splitDocument } from "./split-document.ts";
import { unitsOf } from "./units.ts";
import type { OtherDocument, Verification } from "./verification.ts";
import { type Runs, runsOf, wordsOf } from "./words.ts";

/** Words that are nobody's judgement of this place. */
export interface CopySource {
  readonly from: string;
  readonly runs: Runs;
}

// Nobody reads a longer judgement; comparing more would only cost time.
const COMPARED = 50_000;
const PLACES = 20;

/** The words of a place without the lines that have a fixed form. */
export function judgementWords(place: Place): readonly string[] {
  const said = saidIn(place, { code: "drop" }).map(({ text }) => text);
  return wordsWithoutForm(said);
}

/** What the machine wrote in this document, and what people wrote in the others. */
export function copySources({ expected, others }: Verification): CopySource[] {
  const units = expected.parts.flatMap(({ machine }) => unitsOf(machine, { ticks: true }));
  const machine = units.map(({ text }) => text).join("\n");
  return [
    { from: "what the machine wrote here", runs: runsOf(wordsOf(machine)) },
    ...others.flatMap(textsOf),
  ];
}

function textsOf({ path, source }: OtherDocument): readonly CopySource[] {
  const decoded = decodeLines(source);
  if (decoded.finding !== undefined) return [];
  return splitDocument(decoded.lines, new Set())
    .human.slice(0, PLACES)
    .map(({ id, lines }) => ({
      from: `the place "${id}" of ${path}`,
      runs: runsOf(wordsWithoutForm(lines)),
    }));
}

function wordsWithoutForm(lines: readonly string[]): readonly string[] {
  const words = lines.filter((line) => !isDecisionLine(line.replace(/^\s*[-*+>]\s+/, "")));
  return wordsOf(words.join("\n").slice(0, COMPARED));
}
