import type { SourcePosition } from "../../base/error.ts";

/** A document that people work from, taken apart: what it says, and what it shows. */
export interface Guide {
  readonly file: string;
  readonly blocks: readonly Block[];
  readonly fences: readonly Fence[];
}

/** What stands under one heading. The text before the first heading has a section without a title. */
export interface Section {
  readonly title: string;
  /** 1 to 6, as many as the heading has `#`; 0 for the whole document. */
  readonly level: number;
  readonly parent: Section | undefined;
}

/** A heading, a paragraph, an item of a list, or a row of a table; with its lines as they stand. */
export interface Block {
  readonly text: string;
  readonly at: SourcePosition;
  readonly section: Section;
}

/** A fenced code block. */
export interface Fence {
  /** The first word after the fence, in lower case. */
  readonly language: string;
  /** What follows it. */
  readonly info: string;
  readonly text: string;
  /** Of its first line of code. */
  readonly at: SourcePosition;
  readonly section: Section;
}

/** Where the character `index` of a block's text stands. */
export function placeIn({ text, at }: Block, index: number): SourcePosition {
  const before = text.slice(0, index);
  const lines = before.split("\n");
  return { file: at.file, line: at.line + lines.length - 1, column: (lines.at(-1) ?? "").length + 1 };
}

/** Whether a section is `outer` or stands in it. */
export function isWithin(section: Section, outer: Section): boolean {
  for (let at: Section | undefined = section; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}
