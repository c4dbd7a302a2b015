import { markdownCode, markdownText } from "../../core/base/markdown-text.ts";
import { printable } from "./printable.ts";
import { fit } from "./progress-text.ts";

/** Beyond it a cell is not read; what somebody else wrote may be of any length. */
const LONGEST = 160;

// U+200B: seen by nobody, and no name, number or address goes on behind it.
const BREAK = "\u200b";

/**
 * Text of other programs in a comment on a code host, on one line: it begins no tag, link or emphasis, calls nobody by
 * name (`@team`), refers to nothing (`#1`, `GH-1`) and makes no address one can follow.
 */
export function commentText(text: string): string {
  return markdownText(shortened(text))
    .replaceAll(/[_~&$]/g, (character) => `\\${character}`)
    .replaceAll(/[@#]|GH-|www\.|:(?=\/\/)/gi, (begin) => `${begin}${BREAK}`);
}

/** A name or a version as code: a code host looks for nothing in it. */
export function commentCode(text: string): string {
  // Within code a backslash is one, but readers of tables differ on whether it then still escapes the pipe behind it.
  return text.includes("\\|") ? commentText(text) : markdownCode(shortened(text));
}

function shortened(text: string): string {
  return fit(printable(text.replaceAll(/\s+/g, " ")), LONGEST);
}
