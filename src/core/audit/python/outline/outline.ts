import { BlockReader, type Span } from "./block-reader.ts";

const NAMES = /[A-Za-z_]\w*/g;
/** A statement by itself: the grammar takes a line that does not end for one with what comes next, and this is part of nothing. */
const NOTHING = "pass";

/**
 * The same source with nothing in it of what says nothing about imports: statements, functions and classes that import
 * nothing. Only where a reader of most of Python's grammar knows all of it to be sound: `source` itself where anything is not
 * known, so no error goes unseen, or where nothing can be left out. Lines keep their numbers. For who looks for imports, and
 * where they stand.
 */
export function outlineOf(source: string): string {
  const reader = new BlockReader(source);
  if (!reader.read()) return source;
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of cutsOf(reader)) {
    parts.push(source.slice(from, start), NOTHING, "\n".repeat(linesIn(source, start, end)));
    from = end;
  }
  if (parts.length === 0) return source;
  parts.push(source.slice(from));
  return parts.join("");
}

/** Plain statements, but for those that say what the tests around imports come to. */
function cutsOf(reader: BlockReader): readonly Span[] {
  const wanted = wantedBy(reader);
  const cuts = wanted.length === 0 ? reader.plain : reader.plain.flatMap((span) => without(span, wanted));
  return cuts.toSorted((a, b) => a.start - b.start);
}

/** `PY3 = sys.version_info[0] == 3` of `if PY3:`, and so on from there. */
function wantedBy({ text, heads, assigned }: BlockReader): readonly Span[] {
  const spans = [...heads];
  const found: Span[] = [];
  const asked = new Set<string>();
  // A list is walked to its end, also through what is added on the way.
  for (const { start, end } of spans)
    for (const [name] of text.slice(start, end).matchAll(NAMES)) {
      if (asked.has(name)) continue;
      asked.add(name);
      const places = assigned.get(name) ?? [];
      spans.push(...places);
      found.push(...places);
    }
  return found.toSorted((a, b) => a.start - b.start);
}

/** What is left of a run where some of its statements are taken out; all of them lie in it whole. */
function without(run: Span, statements: readonly Span[]): readonly Span[] {
  const left: Span[] = [];
  let { start } = run;
  for (const each of statements) {
    if (each.start < start || each.end > run.end) continue;
    if (each.start > start) left.push({ start, end: each.start });
    // Past the end of its line.
    start = each.end + 1;
  }
  return [...left, { start, end: run.end }].filter((each) => each.end > each.start);
}

function linesIn(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
