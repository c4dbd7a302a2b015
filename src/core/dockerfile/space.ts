// Go's unicode.IsSpace. JavaScript's own \s and trim() differ: they take U+FEFF in and leave U+0085 out.
const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function isSpace(char: string): boolean {
  return SPACE.test(char);
}

export function trimSpaceLeft(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charAt(start))) start++;
  return text.slice(start);
}

export function trimSpace(text: string): string {
  const left = trimSpaceLeft(text);
  let end = left.length;
  while (end > 0 && isSpace(left.charAt(end - 1))) end--;
  return left.slice(0, end);
}

/** Cuts at the first run of tab, vertical tab, form feed, return or blank; `undefined` where there is none. */
export function cutWhitespace(text: string): readonly [string, string | undefined] {
  const found = /[\t\v\f\r ]+/.exec(text);
  if (found === null) return [text, undefined];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}

/** Words between runs of ASCII white space (no newline), as BuildKit cuts FROM, COPY, EXPOSE and VOLUME. */
export function splitWhitespace(text: string): readonly string[] {
  return text === "" ? [] : text.split(/[\t\v\f\r ]+/);
}

/** Cuts at the first `separator`, as Go's strings.Cut. */
export function cut(text: string, separator: string): readonly [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + separator.length)];
}
