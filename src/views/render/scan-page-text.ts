import { printable } from "./printable.ts";

/** Longer than any sentence of ours; what somebody else wrote may be of any length. */
const LONGEST = 2000;

/** As the page's script has it, which finds images by it: what would hide or turn words is spelt out. */
export function pageText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return printable(cut).replaceAll("\n", "\\n");
}
