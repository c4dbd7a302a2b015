/** filepath.Match of Go: whether a pattern fits a whole path. Characters here are code points; Go's differ only for text that is not UTF-8. */
export function goMatch(pattern: string, path: string): boolean {
  const tokens = parseGoPattern(pattern);
  return tokens !== undefined && matchTokens(tokens, Array.from(path));
}

export function isGoPattern(pattern: string): boolean {
  return parseGoPattern(pattern) !== undefined;
}

/** Whether Go takes the text for a pattern: it holds `*`, `?` or `[` that is not escaped. */
export function hasWildcard(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === "\\") index++;
    else if (char === "*" || char === "?" || char === "[") return true;
  }
  return false;
}

export type GoPattern = readonly GoToken[];

type GoToken =
  | { readonly kind: "star" }
  | { readonly kind: "one" }
  | { readonly kind: "char"; readonly char: string }
  | {
      readonly kind: "class";
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

/** Undefined where the pattern is malformed. */
export function parseGoPattern(pattern: string): GoPattern | undefined {
  const chars = Array.from(pattern);
  const tokens: GoToken[] = [];
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? "";
    if (char === "*") tokens.push({ kind: "star" });
    else if (char === "?") tokens.push({ kind: "one" });
    else if (char === "[") {
      const found = parseClass(chars, index + 1);
      if (found === undefined) return undefined;
      tokens.push(found.token);
      index = found.end;
    } else if (char === "\\") {
      const next = chars[++index];
      if (next === undefined) return undefined;
      tokens.push({ kind: "char", char: next });
    } else tokens.push({ kind: "char", char });
  }
  return tokens;
}

function parseClass(chars: readonly string[], start: number): { token: GoToken; end: number } | undefined {
  const negated = chars[start] === "^";
  const ranges: (readonly [number, number])[] = [];
  let index = negated ? start + 1 : start;
  for (;;) {
    if (chars[index] === "]" && ranges.length > 0)
      return { token: { kind: "class", negated, ranges }, end: index };
    const low = classChar(chars, index);
    if (low === undefined) return undefined;
    index = low.next;
    let high = low;
    if (chars[index] === "-") {
      const found = classChar(chars, index + 1);
      if (found === undefined) return undefined;
      high = found;
      index = found.next;
    }
    ranges.push([low.code, high.code]);
  }
}

function classChar(chars: readonly string[], index: number): { code: number; next: number } | undefined {
  const char = chars[index];
  if (char === undefined || char === "-" || char === "]") return undefined;
  const escaped = char === "\\";
  const code = (escaped ? chars[index + 1] : char)?.codePointAt(0);
  const next = index + (escaped ? 2 : 1);
  // A class that ends here is not closed.
  return code === undefined || chars[next] === undefined ? undefined : { code, next };
}

/** Greedy with one way back (to the last star): a star never crosses a slash, so the time is at most pattern times path. */
export function matchTokens(tokens: GoPattern, path: readonly string[]): boolean {
  let token = 0;
  let position = 0;
  let starToken = -1;
  let starPosition = 0;
  for (;;) {
    const current = tokens[token];
    if (current?.kind === "star") {
      starToken = ++token;
      starPosition = position;
    } else if (current === undefined ? position === path.length : fits(current, path[position])) {
      if (current === undefined) return true;
      token++;
      position++;
    } else {
      const skipped = path[starPosition];
      if (starToken < 0 || skipped === undefined || skipped === "/") return false;
      position = ++starPosition;
      token = starToken;
    }
  }
}

function fits(token: GoToken, char: string | undefined): boolean {
  if (char === undefined) return false;
  switch (token.kind) {
    case "star":
      return false;
    case "one":
      return char !== "/";
    case "char":
      return token.char === char;
    default: {
      const code = char.codePointAt(0) ?? 0;
      return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.negated;
    }
  }
}
