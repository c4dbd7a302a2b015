import { PipelineError } from "../error.ts";

/** What people wrote into a marked place of a generated file. */
export interface KeptBlock {
  readonly name: string;
  /** Without the indentation of the place; empty where nothing was written. */
  readonly lines: readonly string[];
  readonly file: string;
  /** Of its first mark, from 1. */
  readonly line: number;
}

const BEGIN = /^(\s*)# lapstrake: keep (\S.*?)\s*$/;
const END = /^\s*# lapstrake: end\s*$/;
const PLACE = /^(\s*)(?:- )?keep-here (.+): null$/;

/** The kept parts of a generated file, in its order. Throws PipelineError KEEP_MARKS, with the place. */
export function readKept(text: string, file: string): readonly KeptBlock[] {
  const blocks: KeptBlock[] = [];
  let open: { name: string; indent: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const begin = BEGIN.exec(line);
    if (begin !== null) {
      if (open !== undefined) throw marks(file, index, `found another part before the end of "${open.name}"`);
      const [, indent = "", name = ""] = begin;
      if (blocks.some((block) => block.name === name))
        throw marks(file, index, `found the part "${name}" twice`);
      open = { name, indent, line: index + 1, lines: [] };
    } else if (END.test(line)) {
      if (open === undefined) throw marks(file, index, "found the end of a part that was not begun");
      const { indent, ...block } = open;
      blocks.push({ ...block, lines: block.lines.map((each) => lessIndented(each, indent)), file });
      open = undefined;
    } else open?.lines.push(line);
  }
  if (open !== undefined)
    throw marks(file, open.line - 1, `expected \`# lapstrake: end\` after "${open.name}"`);
  return blocks;
}

function marks(file: string, index: number, message: string): PipelineError {
  return new PipelineError("KEEP_MARKS", message, {
    at: { file, line: index + 1, column: 1 },
    hint: "each part begins with `# lapstrake: keep NAME` and ends with `# lapstrake: end`",
  });
}

function lessIndented(line: string, indent: string): string {
  return line.startsWith(indent) ? line.slice(indent.length) : line.trimStart();
}

/** A place for a kept part, as a value that `fillPlaces` finds again in the rendered text. */
export function keepPlace(name: string): Readonly<Record<string, null>> {
  return { [`keep-here ${name}`]: null };
}

/** Puts marks at all places, and between them what was kept. Throws PipelineError KEEP_LOST. */
export function fillPlaces(text: string, kept: readonly KeptBlock[]): string {
  const blocks = new Map(kept.map((block) => [block.name, block]));
  const places: string[] = [];
  const lines = text.split("\n").flatMap((line) => {
    const place = PLACE.exec(line);
    if (place === null) return [line];
    const [, indent = "", name = ""] = place;
    places.push(name);
    const own = blocks.get(name)?.lines ?? [];
    blocks.delete(name);
    return [
      `${indent}# lapstrake: keep ${name}`,
      ...own.map((each) => (each === "" ? "" : `${indent}${each}`)),
      `${indent}# lapstrake: end`,
    ];
  });
  for (const block of blocks.values())
    if (block.lines.some((line) => line.trim() !== "")) throw lost(block, places);
  return lines.join("\n");
}

function lost({ name, file, line }: KeptBlock, places: readonly string[]): PipelineError {
  return new PipelineError("KEEP_LOST", `the kept part "${name}" has no place any more`, {
    at: { file, line, column: 1 },
    hint: `move it into one of ${places.join(", ")}, or delete it`,
  });
}
