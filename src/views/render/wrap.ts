import { columnsOf } from "./progress-text.ts";

/** Breaks at spaces; a word that is longer than the line (a path, a digest) stands whole, to be copied. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && columnsOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** The text behind its head, and as far in on the lines below it. */
export function hang(head: string, text: string, columns: number): string {
  const indent = " ".repeat(columnsOf(head));
  return wrap(text, columns - indent.length)
    .map((line, index) => `${index === 0 ? head : indent}${line}`)
    .join("\n");
}
