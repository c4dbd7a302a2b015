import type { Place } from "./arrange.ts";
import type { MarkdownLine } from "./markdown.ts";
import { plainText } from "./plain-text.ts";

/** What a person says in a place, line by line, without code and comments: these show something, they say nothing. */
export function saidIn(
  { blocks }: Place,
  options: { readonly code: "keep" | "drop" },
): readonly MarkdownLine[] {
  return blocks
    .flatMap((block): readonly MarkdownLine[] => {
      switch (block.kind) {
        case "heading":
        case "text":
          return [{ line: block.line, text: block.text }];
        case "quote":
          return block.parts;
        case "list":
          return block.items;
        case "table":
          return [block.head, ...block.rows].map(({ line, cells }) => ({ line, text: cells.join(" ") }));
        case "code":
        case "comment":
        case "html":
        case "rule":
          return [];
      }
    })
    .flatMap(({ line, text }) =>
      // Comments and code spans may go over lines.
      plainText(text, options)
        .split("\n")
        .map((each, index) => ({ line: line + index, text: each.trim() })),
    )
    .filter(({ text }) => text !== "");
}
