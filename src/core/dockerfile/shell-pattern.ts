/** Counts work, and throws where it exceeds what any sane Dockerfile needs. */
export interface Budget {
  readonly spend: (steps: number) => void;
}

// A step of the automaton takes longer than copying a character.
const STEP_COST = 8;

type Token = { readonly kind: "star" | "one" } | { readonly kind: "char"; readonly char: string };

/** A pattern of `${x#p}`, `${x%p}`, `${x/p/r}`: literal characters, `*` and `?`. */
export type ShellPattern = readonly Token[];

/** Undefined where the pattern has an escape that BuildKit refuses. */
export function parseShellPattern(pattern: readonly string[]): ShellPattern | undefined {
  const tokens: Token[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] ?? "";
    if (char === "*") tokens.push({ kind: "star" });
    else if (char === "?") tokens.push({ kind: "one" });
    else if (char === "\\") {
      const next = pattern[index + 1] ?? "";
      // } and / must be escaped inside ${}, without being part of the pattern's own escapes.
      if (next === "}" || next === "/") continue;
      if (next !== "*" && next !== "?" && next !== "\\") return undefined;
      tokens.push({ kind: "char", char: next });
      index++;
    } else tokens.push({ kind: "char", char });
  }
  return tokens;
}

/**
 * The length of the match that starts at `start`: the longest where `greedy`, else the shortest; undefined where there
 * is none. Takes time proportional to the pattern times the text, whatever they are. `*` and `?` do not cross a newline
 * (Go's `.`).
 */
export function matchAt(
  pattern: ShellPattern,
  text: readonly string[],
  options: { readonly start: number; readonly greedy: boolean; readonly budget: Budget },
): number | undefined {
  const { start, greedy, budget } = options;
  let states = closure(new Uint8Array(pattern.length + 1).fill(1, 0, 1), pattern);
  let found: number | undefined;
  for (let position = start; ; position++) {
    if (states[pattern.length] === 1) {
      found = position - start;
      if (!greedy) return found;
    }
    const char = text[position];
    if (char === undefined) return found;
    budget.spend(STEP_COST * (pattern.length + 1));
    const next = step(states, pattern, char);
    if (next === undefined) return found;
    states = closure(next, pattern);
  }
}

function step(states: Uint8Array, pattern: ShellPattern, char: string): Uint8Array | undefined {
  const next = new Uint8Array(pattern.length + 1);
  let alive = false;
  for (const [index, token] of pattern.entries()) {
    if (states[index] !== 1) continue;
    if (token.kind === "char" ? token.char !== char : char === "\n") continue;
    next[token.kind === "star" ? index : index + 1] = 1;
    alive = true;
  }
  return alive ? next : undefined;
}

/** A star may match nothing. */
function closure(states: Uint8Array, pattern: ShellPattern): Uint8Array {
  for (const [index, token] of pattern.entries()) {
    if (states[index] === 1 && token.kind === "star") states[index + 1] = 1;
  }
  return states;
}

/** `${x/p/r}` (first) and `${x//p/r}` (all); only the second knows `$0` and `$$` in the replacement, as Go's regexp. */
export function replacePattern(
  pattern: ShellPattern,
  text: readonly string[],
  options: { readonly replacement: string; readonly all: boolean; readonly budget: Budget },
): string {
  const { replacement, all, budget } = options;
  let out = "";
  let position = 0;
  let lastEnd = -1;
  while (position <= text.length) {
    const length = matchAt(pattern, text, { start: position, greedy: true, budget });
    budget.spend(1);
    // An empty match right after a match does not count (Go's ReplaceAll).
    if (length !== undefined && !(length === 0 && position === lastEnd)) {
      const matched = text.slice(position, position + length).join("");
      out += all ? expandTemplate(replacement, matched) : replacement;
      if (!all) return out + text.slice(position + length).join("");
      budget.spend(replacement.length);
      lastEnd = position + length;
    }
    if (length === undefined || length === 0) {
      out += text[position] ?? "";
      position++;
    } else position += length;
  }
  return out;
}

/** regexp.Expand without groups: `$0` is the match, `$$` a dollar, any other `$name` or `${name}` is empty. */
function expandTemplate(template: string, matched: string): string {
  if (!template.includes("$")) return template;
  return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (whole, braced, bare) => {
    if (whole === "$$") return "$";
    return (braced ?? bare) === "0" ? matched : "";
  });
}
