import { columnsOf, fit, formatBytes } from "./progress-text.ts";

/** Of a terminal that nobody widened, and of a mail. */
export const WIDTH = 80;

export type Align = "left" | "right";

/**
 * Rows as columns, two spaces apart, each row behind `indent` spaces. The last column gets what is left of the width, and is
 * cut in its middle where that is too little: of a path, both ends say most.
 */
export function sizeTable(
  rows: readonly (readonly string[])[],
  { align, indent = 2 }: { readonly align: readonly Align[]; readonly indent?: number },
): string {
  const last = align.length - 1;
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => columnsOf(row[column] ?? ""))));
  const taken = indent + widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      if (column === last) return fitMiddle(cell, Math.max(12, WIDTH - taken));
      const space = " ".repeat(Math.max(0, width - columnsOf(cell)));
      return align[column] === "right" ? space + cell : cell + space;
    });
    return `${" ".repeat(indent)}${cells.join("  ")}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** The text in at most `width` columns, with an ellipsis where its middle was. */
export function fitMiddle(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const front = Math.ceil((width - 1) / 2);
  const end = [...text];
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
  return `${count} ${count === 1 ? "file" : "files"}`;
}

/** What was left out of a list that is too long for a terminal. */
export function moreLine(count: number, what: string): string {
  return count <= 0 ? "" : `  and ${count} more ${what} (--top N shows more, --json all)\n`;
}
