// NUL and halves of characters do not come back from a file; other controls would be a terminal's.
const UNPRINTABLE = /[\p{Cc}\p{Surrogate}]/gu;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().replaceAll(UNPRINTABLE, "\ufffd");
}

/** Text of other programs as a line of Markdown shows it: it stays one line, and begins no tag, link or emphasis. */
export function markdownText(text: string): string {
  return escaped(oneLine(text));
}

function escaped(line: string): string {
  return line.replaceAll(/[\\<>`*[\]]/g, (character) => `\\${character}`);
}

/** A sentence of ours with commands between backticks: these stay code. */
export function markdownProse(text: string): string {
  const parts = oneLine(text).split(/`([^`]+)`/);
  // Every second part stood between backticks.
  return parts.map((part, index) => (index % 2 === 1 ? markdownCode(part) : escaped(part))).join("");
}

/** Text as a code span (CommonMark 6.1): between more backticks than any run of it has. */
export function markdownCode(text: string): string {
  const line = oneLine(text);
  if (line === "") return "";
  const runs = line.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  return runs.length === 0 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

/** A table (GFM 4.10). Cells are Markdown; a pipe in one is escaped, since it would end the cell even in a code span. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
