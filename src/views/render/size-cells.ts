import { printable } from "./printable.ts";
import { columnsOf, fit, formatBytes } from "./progress-text.ts";

/** Of a terminal that nobody widened, and of a mail. */
export const WIDTH = 80;

export type Align = "left" | "right";

/** Of a column of names that is not the last one. */
const NAME = 34;
/** Of the last column, however much the others take. */
const LEAST = 12;

/**
 * Rows as columns, two spaces apart, each row behind `indent` spaces. The last column gets what is left of the width. What is
 * too long is cut in its middle: of a path, both ends say most.
 */
export function sizeTable(
  rows: readonly (readonly string[])[],
  { align, indent = 2 }: { readonly align: readonly Align[]; readonly indent?: number },
): string {
  const last = align.length - 1;
  // Spelt out before it is measured: what hides words takes more room then.
  const cells = rows.map((row) =>
    row.map((cell, column) => (column === last ? cellText(cell) : fitMiddle(cellText(cell), NAME))),
  );
  const widths = align.map((_, column) => Math.max(0, ...cells.map((row) => columnsOf(row[column] ?? ""))));
  const taken = indent + widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const left = Math.max(LEAST, WIDTH - taken);
  const lines = cells.map((row) => {
    const padded = row.map((cell, column) => {
      const shown = column === last ? fitMiddle(cell, left) : cell;
      const width = Math.min(widths[column] ?? 0, column === last ? left : NAME);
      const space = " ".repeat(Math.max(0, width - columnsOf(shown)));
      return align[column] === "right" ? space + shown : shown + space;
    });
    return `${" ".repeat(indent)}${padded.join("  ")}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** On one line, whatever is in it. */
export function cellText(text: string): string {
  return printable(text).replaceAll("\n", "\\n");
}

/** The text in at most `width` columns, with an ellipsis where its middle was. */
export function fitMiddle(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const front = Math.ceil((width - 1) / 2);
  const end = Array.from(text);
  let columns = 0;
  let from = end.length;
  while (from > 0 && columns + columnsOf(end[from - 1] ?? "") <= width - front) {
    from--;
    columns += columnsOf(end[from] ?? "");
  }
  return fit(text, front) + end.slice(from).join("");
}

export function sizeText(bytes: number | undefined): string {
  return bytes === undefined ? "-" : formatBytes(bytes);
}

/** `+1.2 MB`, `-300 kB`; nothing for what is as before. */
export function moreText(bytes: number): string {
  if (bytes === 0) return "=";
  return `${bytes > 0 ? "+" : "-"}${formatBytes(Math.abs(bytes))}`;
}

export function shareText(bytes: number, of: number): string {
  if (of === 0) return "";
  const percent = (100 * bytes) / of;
  return percent > 0 && percent < 0.05 ? "<0.1 %" : `${percent.toFixed(1)} %`;
}

export function countedFiles(count: number): string {
  return counted(count, "file");
}

/** `1 layer`, `2 layers`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Names with commas, broken into lines; what follows on the next line stands behind `indent` spaces. */
export function wrapped(head: string, names: readonly string[], indent = 2): string {
  const lines: string[] = [];
  let line = head;
  for (const [index, name] of names.entries()) {
    const word = ` ${cellText(name)}${index === names.length - 1 ? "" : ","}`;
    if (columnsOf(line + word) > WIDTH && line.trim() !== "") {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line += word;
  }
  return `${[...lines, line].join("\n")}\n`;
}

/** What was left out of a list that is too long for a terminal. */
export function moreLine(count: number, what: string): string {
  return count <= 0
    ? ""
    : `  and ${count} more ${what}${count === 1 ? "" : "s"} (--top N shows more, --json all)\n`;
}
