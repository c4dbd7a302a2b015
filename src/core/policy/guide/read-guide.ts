import type { Block, Fence, Guide, Section } from "./guide.ts";

/**
 * Takes a Markdown document apart, as CommonMark has it: ATX headings (4.2), fenced code (4.5), and the blocks of text
 * between. Any text is a document; linear in its size. `file` names it in positions.
 */
export function readGuide(text: string, file: string): Guide {
  const reader = new Reader(file);
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)) reader.read(line);
  return reader.finish();
}

interface OpenFence {
  readonly marker: string;
  readonly indent: number;
  readonly info: string;
  readonly line: number;
  readonly lines: string[];
}

class Reader {
  readonly #file: string;
  readonly #blocks: Block[] = [];
  readonly #fences: Fence[] = [];
  #section: Section = { title: "", level: 0, parent: undefined };
  #line = 0;
  #block: { readonly line: number; readonly lines: string[] } | undefined;
  #fence: OpenFence | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  read(line: string): void {
    this.#line++;
    if (this.#fence !== undefined) return this.#readCode(this.#fence, line);
    const opened = openingFence(line);
    if (opened !== undefined) {
      this.#endBlock();
      this.#fence = { ...opened, line: this.#line + 1, lines: [] };
      return;
    }
    const heading = /^ {0,3}(#{1,6})(?:[ \t]|$)/.exec(line);
    if (heading?.[1] !== undefined) return this.#readHeading(heading[1].length, line);
    if (line.trim() === "") return this.#endBlock();
    // A row of a table and an item of a list each speak for themselves.
    if (/^[ \t]*(?:\||(?:[-*+]|\d{1,9}[.)])[ \t])/.test(line)) this.#endBlock();
    this.#block ??= { line: this.#line, lines: [] };
    this.#block.lines.push(line);
  }

  /** A fence that is never closed ends with the document. */
  finish(): Guide {
    if (this.#fence !== undefined) this.#closeFence(this.#fence);
    this.#endBlock();
    return { file: this.#file, blocks: this.#blocks, fences: this.#fences };
  }

  #readCode(fence: OpenFence, line: string): void {
    const text = line.trim();
    const isEnd = text.length >= fence.marker.length && text === fence.marker.charAt(0).repeat(text.length);
    if (isEnd) this.#closeFence(fence);
    else fence.lines.push(withoutIndent(line, fence.indent));
  }

  #closeFence({ info, line, lines }: OpenFence): void {
    const [language = ""] = info.split(/\s/, 1);
    this.#fences.push({
      language: language.toLowerCase(),
      info: info.slice(language.length).trim(),
      text: `${lines.join("\n")}\n`,
      at: { file: this.#file, line, column: 1 },
      section: this.#section,
    });
    this.#fence = undefined;
  }

  #readHeading(level: number, line: string): void {
    this.#endBlock();
    let parent: Section | undefined = this.#section;
    while (parent !== undefined && parent.level >= level) ({ parent } = parent);
    this.#section = { title: headingText(line), level, parent };
    this.#block = { line: this.#line, lines: [line] };
    this.#endBlock();
  }

  #endBlock(): void {
    if (this.#block === undefined) return;
    const { line, lines } = this.#block;
    const at = { file: this.#file, line, column: 1 };
    this.#blocks.push({ text: lines.join("\n"), at, section: this.#section });
    this.#block = undefined;
  }
}

function openingFence(line: string): Omit<OpenFence, "line" | "lines"> | undefined {
  const [start = "", marker = ""] = /^[ \t]*(`{3,}|~{3,})/.exec(line) ?? [];
  if (marker === "") return undefined;
  const info = line.slice(start.length).trim();
  // With a backtick in it, it is code inside a line.
  if (marker.startsWith("`") && info.includes("`")) return undefined;
  return { marker, indent: start.length - marker.length, info };
}

function withoutIndent(line: string, indent: number): string {
  let cut = 0;
  while (cut < indent && (line[cut] === " " || line[cut] === "\t")) cut++;
  return line.slice(cut);
}

function headingText(line: string): string {
  const text = line.trim();
  let start = 0;
  while (text[start] === "#") start++;
  let end = text.length;
  while (end > start && text[end - 1] === "#") end--;
  return text.slice(start, end).trim();
}
