/**
 * filepath.Match of Go: whether a pattern fits the whole of a path; "malformed" where it says ErrBadPattern. It says so
 * only for the parts of a pattern that it looks at: a bad end goes unseen where the beginning does not fit. A star never
 * crosses a slash, and what follows a star is placed at the first fit, without a way back, so the time is at most the
 * pattern times the path.
 */
export function goMatch(pattern: string, path: string): boolean | "malformed" {
  let rest: readonly string[] = Array.from(pattern);
  let name: readonly string[] = Array.from(path);
  while (rest.length > 0) {
    const { star, chunk, after } = scanChunk(rest);
    rest = after;
    if (star && chunk.length === 0) return !name.includes("/");
    const next = placeChunk({ star, chunk, last: rest.length === 0 }, name);
    if (next === "malformed" || next === "misfit") return next === "malformed" ? next : false;
    name = name.slice(next);
  }
  return name.length === 0;
}

/**
 * The same as a test for many paths (a malformed pattern fits none). Patterns of plain names with at most two stars
 * between slashes run on JavaScript's engine, which cannot go astray on them; the others as above.
 */
export function goMatcher(pattern: string): (path: string) => boolean {
  const simple = pattern.split("/").every((part) => /^[^[\\*]*(?:\*+[^[\\*]*){0,2}$/.test(part));
  if (!simple) return (path) => goMatch(pattern, path) === true;
  const source = pattern
    .replace(/[.+^${}()|\]/]/g, "\\$&")
    .replace(/\*+/g, "[^/]*")
    .replaceAll("?", "[^/]");
  const expression = new RegExp(`^${source}$`, "u");
  return (path) => expression.test(path);
}

/** Whether BuildKit takes the text for a pattern at all: it tries it on the path ".". */
export function isGoPattern(pattern: string): boolean {
  return goMatch(pattern, ".") !== "malformed";
}

/** Whether the text holds `*`, `?` or `[` that is not escaped. */
export function hasWildcard(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === "\\") index++;
    else if (char === "*" || char === "?" || char === "[") return true;
  }
  return false;
}

interface Chunk {
  readonly star: boolean;
  /** Everything up to the next star that is not inside brackets. */
  readonly chunk: readonly string[];
}

function scanChunk(pattern: readonly string[]): Chunk & { readonly after: readonly string[] } {
  let start = 0;
  while (pattern[start] === "*") start++;
  let inBrackets = false;
  let end = start;
  for (; end < pattern.length; end++) {
    const char = pattern[end];
    if (char === "\\" && end + 1 < pattern.length) end++;
    else if (char === "[") inBrackets = true;
    else if (char === "]") inBrackets = false;
    else if (char === "*" && !inBrackets) break;
  }
  return { star: start > 0, chunk: pattern.slice(start, end), after: pattern.slice(end) };
}

/** Where in the name the chunk ends. The last chunk must end with the name. */
function placeChunk(
  { star, chunk, last }: Chunk & { readonly last: boolean },
  name: readonly string[],
): number | "misfit" | "malformed" {
  const lastStart = star ? name.length : 0;
  for (let start = 0; start <= lastStart; start++) {
    // The star takes name[start - 1] too, which must not be a slash.
    if (start > 0 && name[start - 1] === "/") break;
    const end = matchChunk(chunk, name, start);
    if (end === "malformed") return end;
    if (end !== "misfit" && (!last || end === name.length)) return end;
  }
  return "misfit";
}

/** A chunk that does not fit is still read to its end, for what is malformed in it. */
function matchChunk(
  chunk: readonly string[],
  name: readonly string[],
  start: number,
): number | "misfit" | "malformed" {
  let position = start;
  let fits = true;
  for (let index = 0; index < chunk.length; ) {
    const char = chunk[index] ?? "";
    const actual: string | undefined = fits ? name[position] : undefined;
    if (actual === undefined) fits = false;
    position++;
    if (char === "[") {
      const set = readSet(chunk, index + 1);
      if (set === undefined) return "malformed";
      index = set.next;
      fits = fits && set.has(actual?.codePointAt(0) ?? 0);
      continue;
    }
    if (char === "\\") index++;
    const wanted = chunk[index++];
    if (wanted === undefined) return "malformed";
    fits = fits && (char === "?" ? actual !== "/" : actual === wanted);
  }
  return fits ? position : "misfit";
}

/** After the opening bracket: `[^]lo[-hi]…]`, at least one range. */
function readSet(
  chars: readonly string[],
  start: number,
): { readonly next: number; readonly has: (code: number) => boolean } | undefined {
  const negated = chars[start] === "^";
  const ranges: (readonly [number, number])[] = [];
  for (let index = negated ? start + 1 : start; ; ) {
    if (chars[index] === "]" && ranges.length > 0) {
      const has = (code: number) => ranges.some(([low, high]) => low <= code && code <= high) !== negated;
      return { next: index + 1, has };
    }
    const low = setChar(chars, index);
    if (low === undefined) return undefined;
    const high = chars[low.next] === "-" ? setChar(chars, low.next + 1) : low;
    if (high === undefined) return undefined;
    ranges.push([low.code, high.code]);
    index = high.next;
  }
}

function setChar(chars: readonly string[], index: number): { code: number; next: number } | undefined {
  const char = chars[index];
  if (char === undefined || char === "-" || char === "]") return undefined;
  const escaped = char === "\\";
  const code = (escaped ? chars[index + 1] : char)?.codePointAt(0);
  const next = index + (escaped ? 2 : 1);
  // A set that ends here is not closed.
  return code === undefined || chars[next] === undefined ? undefined : { code, next };
}
