import { printable } from "./printable.ts";
import { fit, type Paint } from "./progress-text.ts";
import type { ShownOutcome } from "./scan-outcome.ts";
import { hang } from "./wrap.ts";

export interface ScanStyle {
  readonly paint: Paint;
  readonly columns: number;
}

export type Colour = Parameters<Paint>[0];

export const OUTCOME_COLOUR: Readonly<Record<ShownOutcome, Colour>> = {
  denied: "red",
  error: "red",
  unknown: "yellow",
  blocked: "yellow",
  waived: "cyan",
  passed: "green",
};

/** Columns of an outcome, of the state of a waiver, a canary or a source. */
export const STATE_WIDTH = 7;

/** Longer than any sentence of ours; what somebody else wrote may be of any length. */
const LONGEST = 400;

/** Text of images, advisories and files: it stays one line, and moves no cursor. */
export function oneLine(text: string): string {
  return fit(printable(text.replaceAll(/\s+/g, " ").trim()), LONGEST);
}

/** A state in its colour, and the text behind it. */
export function behind(
  [state, colour]: readonly [string, Colour],
  text: string,
  { paint, columns }: ScanStyle,
): string {
  // Coloured last: escape sequences take no columns.
  return hang(`  ${state.padEnd(STATE_WIDTH)}  `, oneLine(text), columns).replace(state, () =>
    paint(colour, state),
  );
}
