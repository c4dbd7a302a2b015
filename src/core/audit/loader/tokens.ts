/** Longer paths open nothing (PATH_MAX of Linux). */
export const MAX_PATH = 4096;

/** Steps that a path or name takes: a long one costs time, and memory where it is kept. */
export function costOf(path: string): number {
  return 1 + (path.length >> 7);
}

/** What the tokens of an object's search paths stand for. */
export interface TokenValues {
  /** Folder of the object, as it was found. */
  readonly origin: string;
  /** `$LIB`: `lib/x86_64-linux-gnu` on Debian, `lib64` or `lib` elsewhere. */
  readonly lib: string;
  /** `$PLATFORM`: all that it may stand for; undefined where that is not known. */
  readonly platforms: readonly string[] | undefined;
  /** A program with more rights than its user has: `$ORIGIN` only at the beginning (`_dl_dst_substitute`). */
  readonly secure: boolean;
}

export type Expanded =
  | { readonly kind: "text"; readonly text: string; readonly ofOrigin: boolean }
  /** The loader drops such an element. */
  | { readonly kind: "dropped" }
  /** It depends on the CPU. `texts` is all that it may be, undefined where that is not known. */
  | { readonly kind: "host"; readonly texts: readonly string[] | undefined };

const TOKEN = /\$(?:(ORIGIN|PLATFORM|LIB)(?![A-Za-z0-9_])|\{(ORIGIN|PLATFORM|LIB)\}(?![A-Za-z0-9_]))/g;

export function hasTokens(text: string): boolean {
  return text.includes("$") && text.search(TOKEN) >= 0;
}

/** Expands one path, as `_dl_dst_substitute` does; a "$" that begins no token stays. */
export function expandTokens(text: string, values: TokenValues): Expanded {
  if (!text.includes("$")) return { kind: "text", text, ofOrigin: false };
  const tokens = [...text.matchAll(TOKEN)].map(({ 0: whole, 1: bare, 2: braced, index }) => ({
    name: bare ?? braced,
    index,
    end: index + whole.length,
  }));
  const origins = tokens.filter(({ name }) => name === "ORIGIN");
  const misplaced = origins.some(({ index, end }) => index !== 0 || !["", "/"].includes(text.charAt(end)));
  if (values.secure && misplaced) return { kind: "dropped" };
  const ofOrigin = origins.length > 0;
  if (!tokens.some(({ name }) => name === "PLATFORM")) {
    const expanded = replace(text, values, "");
    return expanded === undefined ? { kind: "dropped" } : { kind: "text", text: expanded, ofOrigin };
  }
  const texts = values.platforms?.map((platform) => replace(text, values, platform));
  const [first] = texts ?? [];
  if (texts?.length === 1 && first !== undefined) return { kind: "text", text: first, ofOrigin };
  return { kind: "host", texts: texts?.filter((each) => each !== undefined) };
}

/** Undefined where it becomes longer than any path: a thousand times `$ORIGIN` must not cost memory. */
function replace(text: string, { origin, lib }: TokenValues, platform: string): string | undefined {
  let [done, at] = ["", 0];
  for (const { 0: whole, 1: bare, 2: braced, index } of text.matchAll(TOKEN)) {
    const name = bare ?? braced;
    done += text.slice(at, index) + (name === "ORIGIN" ? origin : name === "LIB" ? lib : platform);
    at = index + whole.length;
    if (done.length > MAX_PATH) return undefined;
  }
  const whole = done + text.slice(at);
  return whole.length > MAX_PATH ? undefined : whole;
}
