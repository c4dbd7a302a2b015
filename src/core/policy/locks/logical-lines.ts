import type { SourcePosition } from "../../base/error.ts";

/** A line of a requirements file as pip joins it: continuations together, comments apart. */
export interface LogicalLine {
  readonly text: string;
  /** Where the character at `offset` of `text` stands in the file. */
  at(offset: number): SourcePosition;
  /** Comments on it and after it, up to the next line that has text; each with its `#`. */
  readonly comments: readonly Comment[];
}

export interface Comment {
  readonly text: string;
  readonly at: SourcePosition;
}

export interface LogicalLines {
  /** Comments before the first line that has text. */
  readonly head: readonly Comment[];
  readonly lines: readonly LogicalLine[];
}

/** A backslash at the end goes on, but for a comment; a comment begins at a `#` at the start or after white space (pip). */
export function readLogicalLines(source: string, file: string): LogicalLines {
  const head: Comment[] = [];
  const lines: Draft[] = [];
  let open: Draft | undefined;
  for (const [index, raw] of source
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const line = index + 1;
    const start = commentStart(raw);
    const code = start === undefined ? raw : raw.slice(0, start);
    const goesOn = start === undefined && code.endsWith("\\");
    const text = goesOn ? code.slice(0, -1) : code;
    if (open !== undefined || text.trim() !== "") {
      const draft: Draft = open ?? newDraft(file, lines);
      draft.add(text, line);
      open = goesOn ? draft : undefined;
    }
    if (start !== undefined) {
      const comment = { text: raw.slice(start), at: { file, line, column: start + 1 } };
      (lines.at(-1)?.comments ?? head).push(comment);
    }
  }
  return { head, lines: lines.map((draft) => draft.finish()) };
}

/** Where the comment of a line begins. One step a character: an expression with `\s+#` would be quadratic. */
function commentStart(raw: string): number | undefined {
  for (let at = raw.indexOf("#"); at >= 0; at = raw.indexOf("#", at + 1)) {
    if (at === 0 || /\s/.test(raw.charAt(at - 1))) return at;
  }
  return undefined;
}

interface Draft {
  readonly comments: Comment[];
  add(text: string, line: number): void;
  finish(): LogicalLine;
}

function newDraft(file: string, into: Draft[]): Draft {
  const pieces: { readonly start: number; readonly line: number }[] = [];
  const texts: string[] = [];
  const comments: Comment[] = [];
  let length = 0;
  const draft: Draft = {
    comments,
    add(text, line) {
      pieces.push({ start: length, line });
      texts.push(text);
      length += text.length;
    },
    finish: () => ({
      text: texts.join(""),
      comments,
      at(offset) {
        const piece = pieces.findLast(({ start }) => start <= offset) ?? { start: 0, line: 1 };
        return { file, line: piece.line, column: offset - piece.start + 1 };
      },
    }),
  };
  into.push(draft);
  return draft;
}
