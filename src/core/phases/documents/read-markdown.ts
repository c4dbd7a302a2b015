import MarkdownIt, { type Token } from "markdown-it";
import type { DocumentFinding } from "../phase-state.ts";
import { decodeLines } from "./decode-lines.ts";
import { DOCUMENT_LIMITS } from "./limits.ts";
import type { Block, ListItem, MarkdownDocument, MarkdownLine, TableRow } from "./markdown.ts";

export type ReadResult =
  | { readonly document: MarkdownDocument; readonly findings: readonly DocumentFinding[] }
  | { readonly document: undefined; readonly findings: readonly [DocumentFinding] };

// Blocks only: what stands within a line is compared as it is written, so emphasis or links cannot change what is read.
const parser = new MarkdownIt("commonmark", { maxNesting: DOCUMENT_LIMITS.nesting })
  .enable("table")
  .disable(["inline", "text_join"]);

/** The structure of a Markdown text (CommonMark with tables). Never throws; what is beyond the limits is a finding. */
export function readMarkdown(source: string | Uint8Array): ReadResult {
  const decoded = decodeLines(source);
  if (decoded.finding !== undefined) return { document: undefined, findings: [decoded.finding] };
  const { lines } = decoded;
  const tokens = parser.parse(lines.join("\n"), {});
  const deep = tokens.find(({ nesting, level }) => nesting === 1 && level + 2 >= DOCUMENT_LIMITS.nesting);
  return {
    document: { lines, blocks: readBlocks(tokens, lines) },
    findings: deep === undefined ? [] : [tooDeep(deep)],
  };
}

function tooDeep(token: Token): DocumentFinding {
  return {
    rule: "too-deep",
    line: (token.map?.[0] ?? 0) + 1,
    message: `quotes and lists are nested ${DOCUMENT_LIMITS.nesting} levels deep; what is deeper is not read`,
  };
}

function readBlocks(tokens: readonly Token[], lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < tokens.length; ) {
    const end = endOf(tokens, at);
    blocks.push(readBlock(tokens.slice(at, end), lines));
    at = end;
  }
  return blocks;
}

/** Behind the last token of the block that begins here. */
function endOf(tokens: readonly Token[], at: number): number {
  let depth = 0;
  let next = at;
  do depth += tokens[next++]?.nesting ?? 0;
  while (depth > 0 && next < tokens.length);
  return next;
}

function readBlock(tokens: readonly Token[], lines: readonly string[]): Block {
  const [first] = tokens;
  const [start, stop] = first?.map ?? [0, 0];
  const place = { line: start + 1, end: trimEnd(lines, start, stop) };
  const text = tokens.find(({ type }) => type === "inline")?.content ?? "";
  switch (first?.type) {
    case "heading_open":
      return { kind: "heading", level: Number(first.tag.slice(1)), text, ...place };
    case "blockquote_open":
      return {
        kind: "quote",
        text: unquote(lines.slice(start, place.end)),
        parts: linesOf(tokens),
        ...place,
      };
    case "table_open":
      return { kind: "table", ...readTable(tokens), ...place };
    case "bullet_list_open":
    case "ordered_list_open":
      return { kind: "list", items: readItems(tokens), ...place };
    case "html_block":
      return { kind: isComment(first.content) ? "comment" : "html", text: first.content.trim(), ...place };
    case "hr":
      return { kind: "rule", text: first.markup, ...place };
    case "fence":
    case "code_block":
      return { kind: "code", text: first.content, ...place };
    default:
      return { kind: "text", text, ...place };
  }
}

/** The parser counts blank lines behind a list as the list's. */
function trimEnd(lines: readonly string[], start: number, stop: number): number {
  let end = stop;
  while (end > start + 1 && lines[end - 1]?.trim() === "") end--;
  return end;
}

function unquote(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/^ {0,3}> ?/, "")).join("\n");
}

function isComment(html: string): boolean {
  const text = html.trim();
  return text.startsWith("<!--") && text.indexOf("-->") === text.length - 3;
}

function linesOf(tokens: readonly Token[]): MarkdownLine[] {
  return tokens
    .filter(({ type }) => type === "inline")
    .map(({ map, content }) => ({ line: (map?.[0] ?? 0) + 1, text: content }));
}

function readTable(tokens: readonly Token[]): {
  readonly head: TableRow;
  readonly rows: readonly TableRow[];
} {
  const rows: { line: number; cells: string[] }[] = [];
  for (const { type, map, content } of tokens) {
    if (type === "tr_open") rows.push({ line: (map?.[0] ?? 0) + 1, cells: [] });
    if (type === "inline") rows.at(-1)?.cells.push(content);
  }
  const [head = { line: 0, cells: [] }, ...body] = rows;
  return { head, rows: body };
}

const BOX = /^\[([ xX])\](?=\s|$)\s*/;

function readItems(tokens: readonly Token[]): ListItem[] {
  const items: { line: number; text: string }[] = [];
  for (const { type, map, content } of tokens) {
    const last = items.at(-1);
    if (type === "list_item_open") items.push({ line: (map?.[0] ?? 0) + 1, text: "" });
    else if (content !== "" && last !== undefined) last.text += last.text === "" ? content : `\n${content}`;
  }
  return items.map(({ line, text }) => {
    const box = BOX.exec(text);
    return {
      line,
      text: text.slice(box?.[0].length ?? 0),
      checked: box === null ? undefined : box[1] !== " ",
    };
  });
}
