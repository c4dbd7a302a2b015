import { lookOf, nameCharacter } from "./look-alike.ts";

/** The first place where two texts differ once runs of blanks are one blank. Line and column count from 1, in `found`. */
export interface Difference {
  readonly line: number;
  readonly column: number;
  /** One character each; empty where the text ends. */
  readonly expected: string;
  readonly found: string;
  /** The texts look the same: only characters that readers cannot tell apart were exchanged, added or left out. */
  readonly looksSame: boolean;
  /** Up to here they agree: the last words. */
  readonly after: string;
}

/** Undefined where the texts are the same but for how their lines are broken. */
export function compareText(expected: string, found: string): Difference | undefined {
  const [wanted, given] = [collapse(expected), collapse(found)];
  if (wanted === given) return undefined;
  // What they share is cut off by characters, not by halves of one.
  const shared = sharedLength(wanted, given);
  return {
    ...placeOf(found, shared),
    expected: characterAt(wanted, shared),
    found: characterAt(given, shared),
    looksSame: lookOf(wanted) === lookOf(given),
    after: wanted.slice(Math.max(0, shared - 30), shared).trim(),
  };
}

/** `"а" (U+0430, Cyrillic) stands where "a" (U+0061) is expected`. */
export function describeDifference({ expected, found, after }: Difference): string {
  const where = after === "" ? "at its beginning" : `after "${after}"`;
  if (found === "") return `it ends ${where}, where ${nameCharacter(expected)} is expected`;
  if (expected === "") return `it goes on ${where} with ${nameCharacter(found)}`;
  return `${where}, ${nameCharacter(found)} stands where ${nameCharacter(expected)} is expected`;
}

/**
 * Runs of blanks as one blank. Only the blanks of ASCII: another one (a no-break space) is a character like any. What
 * does not come back from a file (NUL, halves of characters) is the sign for it.
 */
export function collapse(text: string): string {
  return text
    .replaceAll(BLANKS, " ")
    .replaceAll(/^ | $/g, "")
    .replaceAll(/\0|\p{Surrogate}/gu, "\ufffd");
}

const BLANKS = /[ \t\r\n]+/g;

/** How far two texts agree, in UTF-16 units, at the edge of a character. */
export function sharedLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const isHalf = at > 0 && /[\ud800-\udbff]/.test(a[at - 1] ?? "");
  return isHalf ? at - 1 : at;
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** Where in `text` the character stands that is at `index` of the collapsed text. */
function placeOf(text: string, index: number): { line: number; column: number } {
  let at = blanksAt(text, 0);
  for (let left = index; left > 0; left--) at += Math.max(1, blanksAt(text, at));
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: Array.from(before.at(-1) ?? "").length + 1 };
}

function blanksAt(text: string, at: number): number {
  const blanks = /[ \t\r\n]+/y;
  blanks.lastIndex = at;
  return blanks.exec(text)?.[0].length ?? 0;
}
