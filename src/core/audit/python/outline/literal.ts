import type { SourceCursor } from "./source-cursor.ts";

const [NEWLINE, RETURN, QUOTE, DOUBLE, BACKSLASH, ZERO, NINE, DOT] = [
  0x0a, 0x0d, 0x27, 0x22, 0x5c, 0x30, 0x39, 0x2e,
];
const PREFIX = /^(?:[rubf]|br|rb|fr|rf)$/i;
/** As the reference has them (2.4.5 to 2.4.7), the old octal form left out. */
const DIGITS = "[0-9](?:_?[0-9])*";
const NUMBER = new RegExp(
  [
    "0[xX](?:_?[0-9a-fA-F])+",
    "0[oO](?:_?[0-7])+",
    "0[bB](?:_?[01])+",
    `(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][-+]?${DIGITS})?[jJ]?`,
  ].join("|"),
  "y",
);

/** What stands between the quotes of a string, and whether it has fields (`f"…"`). */
export interface StringToken {
  readonly start: number;
  readonly end: number;
  readonly hasFields: boolean;
}

export function isQuote(code: number): boolean {
  return code === QUOTE || code === DOUBLE;
}

/** The letters in front of a quote that are here, as an offset of the quote; undefined where there is no string. */
export function quoteAt({ text, at }: SourceCursor, wordEnd: number): number | undefined {
  if (wordEnd - at > 2 || !isQuote(text.charCodeAt(wordEnd))) return undefined;
  return wordEnd === at || PREFIX.test(text.slice(at, wordEnd)) ? wordEnd : undefined;
}

/** Takes one string whose quote is there; undefined where it does not end, or not on its line. */
export function takeString(cursor: SourceCursor, quote: number): StringToken | undefined {
  const { text, at } = cursor;
  const sign = text.charCodeAt(quote);
  const isLong = text.charCodeAt(quote + 1) === sign && text.charCodeAt(quote + 2) === sign;
  const start = quote + (isLong ? 3 : 1);
  const end = isLong ? longEnd(text, start, text.slice(quote, start)) : shortEnd(text, start, sign);
  if (end === undefined) return undefined;
  const hasFields = /f/i.test(text.slice(at, quote));
  cursor.at = end;
  cursor.step(isLong ? 3 : 1);
  return { start, end, hasFields };
}

function shortEnd(text: string, start: number, sign: number): number | undefined {
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === sign) return at;
    // Lines end with either here: cells of notebooks are read as they are.
    if (code === BACKSLASH && text.charCodeAt(at + 1) !== RETURN) at++;
    else if (code === NEWLINE || code === RETURN || Number.isNaN(code)) return undefined;
  }
}

function longEnd(text: string, start: number, quotes: string): number | undefined {
  for (let end = text.indexOf(quotes, start); end >= 0; end = text.indexOf(quotes, end + 1)) {
    let before = end;
    while (before > start && text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return undefined;
}

export function isNumberStart({ code, nextCode }: SourceCursor): boolean {
  return isDigit(code) || (code === DOT && isDigit(nextCode));
}

export function takeNumber(cursor: SourceCursor): boolean {
  NUMBER.lastIndex = cursor.at;
  const [written = ""] = NUMBER.exec(cursor.text) ?? [];
  // `012` is none; `1if x` is one, and nobody's style.
  const isOdd = /^0\d/.test(written) || /\w/.test(cursor.text[cursor.at + written.length] ?? "");
  if (written === "" || isOdd) return false;
  cursor.step(written.length);
  return true;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
