import { isGoPattern } from "./go-match.ts";
import { cleanPath } from "./go-path.ts";
import { matchRe2, type Re2 } from "./re2.ts";
import { compileRe2 } from "./re2-compiler.ts";
import { trimSpace } from "./space.ts";

/** One line of an ignore file, compiled. */
export interface IgnorePattern {
  /** After cleaning, without the `!`. */
  readonly text: string;
  /** `!`: takes paths out again. */
  readonly exception: boolean;
  readonly matches: (path: string) => boolean;
}

/** A pattern that moby's patternmatcher refuses: "!" alone, or brackets and escapes that are not well-formed. */
export class IgnorePatternError extends Error {}

/** Undefined for a blank pattern. Throws IgnorePatternError. */
export function parseIgnorePattern(line: string): IgnorePattern | undefined {
  const trimmed = trimSpace(line);
  if (trimmed === "") return undefined;
  // The ! is cleaned with the rest, as if it belonged to the first name.
  const clean = cleanPath(trimmed);
  const exception = clean.startsWith("!");
  const text = exception ? clean.slice(1) : clean;
  if (text === "") throw new IgnorePatternError('"!" without a pattern');
  if (!isGoPattern(text)) throw new IgnorePatternError(`"${text}" is no pattern`);
  return { text, exception, matches: compile(text) };
}

// Patternmatcher's compile(): most patterns become comparisons, others an expression. Its quirks are kept: a pattern that
// starts with two stars and goes on without any special character compares the end of the path, and inside brackets `*`
// and `?` are rewritten as if they stood outside.
function compile(text: string): (path: string) => boolean {
  const { kind, expression } = translate(text);
  switch (kind) {
    case "exact":
      return (path) => path === text;
    case "prefix":
      return (path) => path.startsWith(text.slice(0, -2));
    case "suffix": {
      const suffix = text.slice(2);
      return (path) => path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
    }
    default:
      return expressionTest(text, expression);
  }
}

/**
 * Almost all patterns are names with a star or two: those run on JavaScript's own engine, where two stars cost at most
 * the square of a path's length. Everything else (more stars, brackets, escapes, moby's quirks) runs on the automaton.
 */
function expressionTest(text: string, expression: string): (path: string) => boolean {
  // Of the expression, not of the text: a run of many stars is many repetitions, which together never end.
  if (/^[^[\]\\^{}|]*$/.test(text) && (expression.match(/\*/g) ?? []).length <= 2) {
    const simple = new RegExp(expression.replaceAll("(.*/)?", "(?:.*\\/)?").replaceAll(".*", "[^\\n]*"), "u");
    return (path) => simple.test(path);
  }
  const compiled: Re2 | undefined = compileRe2(expression);
  if (compiled === undefined) throw new IgnorePatternError(`"${text}" is no pattern`);
  return (path) => matchRe2(compiled, codePoints(path));
}

type Kind = "exact" | "prefix" | "suffix" | "expression";

function translate(text: string): { kind: Kind; expression: string } {
  const chars = Array.from(text);
  let expression = "^";
  let kind: Kind = "exact";
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? "";
    if (char === "*" && chars[index + 1] === "*") {
      const first = index === 0;
      index += chars[index + 2] === "/" ? 2 : 1;
      const last = index + 1 === chars.length;
      if (!last) expression += "(.*/)?";
      else if (kind !== "exact") expression += ".*";
      kind = last && kind === "exact" ? "prefix" : "expression";
      if (first) kind = "suffix";
    } else if (char === "*" || char === "?") {
      expression += char === "*" ? "[^/]*" : "[^/]";
      kind = "expression";
    } else if (".+()$".includes(char)) {
      // moby lists | { } here too, but a bit map of eight bytes is too small for them: they reach the expression.
      expression += `\\${char}`;
    } else if (char === "\\") {
      const next = chars[++index];
      expression += next === undefined ? "\\" : `\\${next}`;
      if (next !== undefined) kind = "expression";
    } else {
      expression += char;
      if (char === "[" || char === "]") kind = "expression";
    }
  }
  return { kind, expression: `${expression}$` };
}

function codePoints(text: string): readonly number[] {
  return Array.from(text, (char) => char.codePointAt(0) ?? 0);
}
