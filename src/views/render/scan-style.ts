import { printable } from "./printable.ts";
import { fit, type Paint } from "./progress-text.ts";

export interface ScanStyle {
  readonly paint: Paint;
  readonly columns: number;
}

/** Longer than any sentence of ours; what somebody else wrote may be of any length. */
const LONGEST = 400;

/** Text of images, advisories and files: it stays one line, and moves no cursor. */
export function oneLine(text: string): string {
  return fit(printable(text.replaceAll(/\s+/g, " ").trim()), LONGEST);
}
