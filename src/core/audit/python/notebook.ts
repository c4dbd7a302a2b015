import { AuditError } from "../error.ts";

/** The code of a notebook as one source; where each cell begins in it. */
export interface NotebookCode {
  readonly text: string;
  /** Number of the cell among all cells, and its first line in `text`; both from 1. */
  readonly cells: readonly { readonly cell: number; readonly line: number }[];
}

/** Cell magics whose text is another language, or a file's. */
const FOREIGN = /^%%(?!time\b|timeit\b|capture\b|prun\b|python3?\b|px\b)/;

/**
 * Code cells of an `.ipynb` (nbformat 3 or 4) in order. Lines of IPython's own (`%magic`, `!command`, `name?`) become blank, so
 * that lines keep their places. Throws AuditError PYTHON_NOTEBOOK for what is no notebook.
 */
export function notebookCode(json: string): NotebookCode {
  const cells = cellsOf(parsed(json));
  const texts: string[] = [];
  const places: { cell: number; line: number }[] = [];
  let line = 1;
  for (const [index, cell] of cells.entries()) {
    if (field(cell, "cell_type") !== "code") continue;
    const text = plainCode(sourceText(field(cell, "source") ?? field(cell, "input")));
    places.push({ cell: index + 1, line });
    texts.push(text);
    line += text.split("\n").length;
  }
  return { text: texts.join("\n"), cells: places };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new AuditError("PYTHON_NOTEBOOK", "expected a notebook, found no JSON", { cause: error });
  }
}

function cellsOf(notebook: unknown): readonly unknown[] {
  const cells = field(notebook, "cells");
  if (Array.isArray(cells)) return cells;
  // nbformat 3 has them in worksheets.
  const sheets = field(notebook, "worksheets");
  if (Array.isArray(sheets))
    return sheets.flatMap((sheet: unknown): readonly unknown[] => {
      const inner = field(sheet, "cells");
      return Array.isArray(inner) ? inner : [];
    });
  throw new AuditError("PYTHON_NOTEBOOK", "expected a notebook with cells, found none");
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function sourceText(source: unknown): string {
  if (typeof source === "string") return source;
  return Array.isArray(source) ? source.filter((each) => typeof each === "string").join("") : "";
}

function plainCode(text: string): string {
  const lines = text.replaceAll(/\r\n?/g, "\n").split("\n");
  const first = lines.find((line) => line.trim() !== "") ?? "";
  if (FOREIGN.test(first)) return lines.map(() => "").join("\n");
  return lines
    .map((line) => (isMagic(line) ? `${/^\s*/.exec(line)?.[0] ?? ""}${KEEPS_BLOCK}` : line))
    .join("\n");
}

/** An indented magic may be all that a block has. */
const KEEPS_BLOCK = "pass";

/** No blank after the sign: `% name` goes on with a string's format. */
function isMagic(line: string): boolean {
  return (
    /^\s*(?:%{1,2}[a-zA-Z]|!|\?)/.test(line) ||
    /^\s*[\w.]+\?{1,2}\s*$/.test(line) ||
    /^\s*[\w, ]+=\s*(?:!|%[a-zA-Z])/.test(line)
  );
}
