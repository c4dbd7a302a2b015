import type { SourcePosition } from "../../base/error.ts";
import type { Fence } from "./guide.ts";

/** One line of a drawn tree: who is drawn under whom. */
export interface DrawnEdge {
  readonly child: string;
  readonly parent: string;
  readonly at: SourcePosition;
}

// `├─ name`, `|-- name`, "`-- name", `+- name`; the first line of a tree has no branch.
const BRANCH = /^[\s│|]*(?:[├└]|[|`+](?=[-─]))[-─]*[ \t]*/;
const WORD = /^[A-Za-z0-9][\w.-]*/;
const MAX_DEPTH = 200;

/** The edges of a tree that is drawn with lines, as `tree` and `lapstrake graph` draw it; none for other text. */
export function drawnTree({ text, at }: Fence): readonly DrawnEdge[] {
  const edges: DrawnEdge[] = [];
  // Columns and names of the branch that is being drawn, outermost first.
  const open: { readonly column: number; readonly name: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [branch = ""] = BRANCH.exec(line.slice(0, 1000)) ?? [];
    const [name] = WORD.exec(line.slice(branch.length)) ?? [];
    if (name === undefined) continue;
    // Text without a branch begins a new tree.
    const column = branch === "" ? -1 : branch.length;
    while ((open.at(-1)?.column ?? -2) >= column) open.pop();
    const parent = open.at(-1)?.name;
    if (branch !== "" && parent !== undefined) {
      edges.push({
        child: name,
        parent,
        at: { file: at.file, line: at.line + index, column: branch.length + 1 },
      });
    }
    if (open.length < MAX_DEPTH) open.push({ column, name });
  }
  return edges;
}
