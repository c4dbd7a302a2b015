import type { SourcePosition } from "../../base/error.ts";

/** The text of one record, and where it stands. */
export interface RecordText {
  /** Of an export: a path, with the name of a zip's entry behind `!`. */
  readonly file: string;
  /** Where the text begins; from 1. */
  readonly line: number;
  readonly text: string;
}

/** The place of a character of the text. */
export function positionIn({ file, line, text }: RecordText, offset: number): SourcePosition {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  let newlines = 0;
  for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) newlines++;
  return { file, line: line + newlines, column: offset - start + 1 };
}

/** A text from outside, short enough for a message and without what a terminal would obey. */
export function shown(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, "?");
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain;
}
