import { isQuote, takeString } from "./literal.ts";
import { SourceCursor } from "./source-cursor.ts";

const [NEWLINE, HASH, BACKSLASH] = [0x0a, 0x23, 0x5c];

/** Where the line of a statement ends that begins here: brackets, strings and backslashes go on to the next one. Undefined where something stays open. */
export function logicalLineEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE && depth === 0) return at;
    if (code === BACKSLASH) at++;
    else if (code === HASH) at = lineEnd(text, at) - 1;
    else if (isQuote(code)) {
      const cursor = new SourceCursor(text);
      cursor.at = at;
      const token = takeString(cursor, at);
      if (token === undefined) return undefined;
      at = token.end + (token.start - at) - 1;
    } else if ("([{".includes(text[at] ?? "")) depth++;
    else if (")]}".includes(text[at] ?? "") && --depth < 0) return undefined;
  }
  return depth === 0 ? text.length : undefined;
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}
