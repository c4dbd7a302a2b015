/** Where a block stands. Lines count from 1; `end` is its last line. */
interface Place {
  readonly line: number;
  readonly end: number;
}

/** A cell, item or paragraph: its Markdown as it is written, without the marks of the block around it. */
export interface MarkdownLine {
  readonly line: number;
  readonly text: string;
}

export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface ListItem extends MarkdownLine {
  /** Of a task list; undefined where the item has no box. */
  readonly checked: boolean | undefined;
}

/** A block at the top level of a document. "html" is raw HTML that is more than one comment. */
export type Block = Place &
  (
    | { readonly kind: "heading"; readonly level: number; readonly text: string }
    /** `text` is what stands behind the `>` of each line. */
    | { readonly kind: "quote"; readonly text: string; readonly parts: readonly MarkdownLine[] }
    | { readonly kind: "table"; readonly head: TableRow; readonly rows: readonly TableRow[] }
    /** Items of lists within the list as well, in file order. */
    | { readonly kind: "list"; readonly items: readonly ListItem[] }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "code" | "comment" | "html" | "rule"; readonly text: string }
  );

export interface MarkdownDocument {
  /** Without their ends, whatever these were. */
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
}
