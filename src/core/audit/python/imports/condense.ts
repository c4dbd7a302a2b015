/** What ends or hides something: comments, quotes with the letters before them, brackets. */
const MARK = /#|([A-Za-z]{0,3})("""|'''|"|')|[()[\]{}]/g;

/**
 * The same source with nothing in its comments and in strings that are statements of their own (docstrings): a third of most
 * files, which the grammar would read sign by sign. Lines keep their numbers, all other strings their text. Where anything looks
 * unusual (a quote that does not close, brackets that do not match), the source comes back as it was.
 */
export function condensed(text: string): string {
  const kept: string[] = [];
  let from = 0;
  let depth = 0;
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    const [sign, , quote] = mark;
    if (sign === "#") {
      const end = lineEnd(text, mark.index);
      kept.push(text.slice(from, mark.index));
      MARK.lastIndex = from = end;
    } else if (quote !== undefined) {
      const opening = mark.index + sign.length;
      const end = stringEnd(text, opening, quote);
      if (end === undefined || hidesQuotes(text, mark.index, { opening, end })) return text;
      if (depth === 0 && quote.length === 3 && isStatement(text, mark.index)) {
        const content = text.slice(opening, end);
        kept.push(text.slice(from, opening), "\n".repeat(content.split("\n").length - 1));
        from = end;
      }
      MARK.lastIndex = end + quote.length;
    } else {
      depth += "([{".includes(sign) ? 1 : -1;
      if (depth < 0) return text;
    }
  }
  if (depth !== 0 || kept.length === 0) return text;
  kept.push(text.slice(from));
  return kept.join("");
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** Where the closing quote begins. A backslash saves a quote in raw strings, too. */
function stringEnd(text: string, opening: number, quote: string): number | undefined {
  // Most strings are short: the line's end is only looked for where it could matter.
  for (let end = text.indexOf(quote, opening); end !== -1; end = text.indexOf(quote, end + 1)) {
    if (isEscaped(text, opening, end)) continue;
    return quote.length === 3 || staysOnLine(text, opening, end) ? end : undefined;
  }
  return undefined;
}

function staysOnLine(text: string, opening: number, end: number): boolean {
  const content = text.slice(opening, end);
  return !content.includes("\n") || !/(?<!\\)(?:\\\\)*\n/.test(content);
}

function isEscaped(text: string, opening: number, at: number): boolean {
  let before = at;
  while (before > opening && text[before - 1] === "\\") before--;
  return (at - before) % 2 === 1;
}

/** An f-string of Python 3.12 may have its own quotes inside of braces, so that it ends later than it seems. */
function hidesQuotes(
  text: string,
  start: number,
  { opening, end }: { opening: number; end: number },
): boolean {
  if (!/[ft]/i.test(text.slice(start, opening))) return false;
  let depth = 0;
  for (let at = opening; at < end; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}") depth--;
  }
  return depth !== 0;
}

/** Nothing but blanks before it on its line, which no other line goes on to. */
function isStatement(text: string, start: number): boolean {
  let at = start;
  while (at > 0 && (text[at - 1] === " " || text[at - 1] === "\t")) at--;
  return at === 0 || (text[at - 1] === "\n" && text[at - 2] !== "\\");
}
