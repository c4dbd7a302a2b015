/**
 * What a reader sees of text within a block, without comments, and without code spans unless asked: these quote, they
 * do not say. Costs time in proportion to the text, whatever stands in it.
 */
export function plainText(inline: string, options: { readonly code: "keep" | "drop" }): string {
  const pieces = /\\[^]?|`+|<!--|[^\\`<]+|</y;
  const spans = codeSpans(inline);
  const lastComment = inline.lastIndexOf("-->");
  const seen: string[] = [];
  for (;;) {
    const at = pieces.lastIndex;
    const piece = pieces.exec(inline)?.[0];
    if (piece === undefined) return seen.join("");
    const close = spans.get(at);
    if (close !== undefined) {
      seen.push(options.code === "keep" ? inline.slice(at + piece.length, close) : " ");
      pieces.lastIndex = close + piece.length;
    } else if (piece === "<!--" && lastComment >= at + 4) {
      seen.push(" ");
      pieces.lastIndex = inline.indexOf("-->", at + 4) + 3;
    } else seen.push(piece.startsWith("\\") ? piece.slice(1) : piece);
  }
}

/** From the run of backticks that opens a code span to the one that closes it: the next of its length (CommonMark 6.1). */
function codeSpans(inline: string): ReadonlyMap<number, number> {
  const spans = new Map<number, number>();
  const waiting = new Map<number, number>();
  for (const { 0: run, index } of inline.matchAll(/`+/g)) {
    const open = waiting.get(run.length);
    if (open !== undefined) spans.set(open, index);
    waiting.set(run.length, index);
  }
  return spans;
}
