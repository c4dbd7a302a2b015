import type { DocumentFinding } from "../phase-state.ts";
import type { Block, MarkdownDocument } from "./markdown.ts";
import { parseMarker } from "./markers.ts";

/** A document by its headings of the first two levels, with what is a person's apart from what is the machine's. */
export interface ArrangedDocument {
  readonly parts: readonly Part[];
  readonly findings: readonly DocumentFinding[];
}

export interface Part {
  /** Undefined before the first heading. */
  readonly heading: Extract<Block, { kind: "heading" }> | undefined;
  readonly line: number;
  readonly machine: readonly Block[];
  readonly places: readonly Place[];
}

/** What stands between `<!-- human: id -->` and its end. */
export interface Place {
  readonly id: string;
  /** Of the mark. */
  readonly line: number;
  readonly blocks: readonly Block[];
}

interface OpenPlace extends Place {
  readonly blocks: Block[];
}

interface OpenPart extends Part {
  readonly machine: Block[];
  readonly places: OpenPlace[];
}

export function arrange({ lines, blocks }: MarkdownDocument): ArrangedDocument {
  const parts: OpenPart[] = [{ heading: undefined, line: 1, machine: [], places: [] }];
  const findings = swallowedMarkers(lines, blocks);
  let place: OpenPlace | undefined;
  const unclosed = ({ id, line }: Place): DocumentFinding =>
    mark(line, `the place "${id}" is not closed: \`<!-- /human -->\` is missing`);
  for (const block of blocks) {
    const marker = block.kind === "comment" ? parseMarker(block.text) : undefined;
    const part = parts.at(-1);
    if (marker?.kind === "open") {
      if (place !== undefined) findings.push(unclosed(place));
      place = { id: marker.id, line: block.line, blocks: [] };
      part?.places.push(place);
    } else if (marker?.kind === "close") {
      if (place === undefined) findings.push(mark(block.line, "no place is open here that could be closed"));
      place = undefined;
    } else if (place !== undefined) place.blocks.push(block);
    else if (block.kind === "heading" && block.level <= 2) {
      parts.push({ heading: block, line: block.line, machine: [], places: [] });
    } else part?.machine.push(block);
  }
  if (place !== undefined) findings.push(unclosed(place));
  return { parts, findings };
}

/** Marks count by the line. One that stands within another block would be unseen by every reader of the page. */
function swallowedMarkers(lines: readonly string[], blocks: readonly Block[]): DocumentFinding[] {
  const seen = new Set(blocks.flatMap(({ kind, line }) => (kind === "comment" ? [line] : [])));
  return lines.flatMap((text, index) => {
    const line = index + 1;
    if (seen.has(line) || parseMarker(text) === undefined) return [];
    const around = blocks.find((block) => block.line <= line && line <= block.end);
    const what =
      around === undefined ? "another block" : `what begins on line ${around.line} (${around.kind})`;
    return [mark(line, `the mark ${text.trim()} is swallowed by ${what}`)];
  });
}

function mark(line: number, message: string): DocumentFinding {
  return { rule: "marker", line, message };
}
