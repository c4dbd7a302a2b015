import { KEPT_HEADING } from "./document-form.ts";
import { parseMarker, sealOf } from "./markers.ts";

/** What a person wrote in a place, as it stands. */
export interface HumanText {
  readonly id: string;
  /** Of the first line of the text. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** Lines outside of the places for people, from one heading to the next. */
export interface MachineText {
  /** The heading's text; empty before the first one. */
  readonly heading: string;
  readonly line: number;
  /** Without marks. */
  readonly lines: readonly string[];
  /** It is what was drafted, to the letter. */
  readonly isSealed: boolean;
}

export interface SplitDocument {
  readonly human: readonly HumanText[];
  readonly machine: readonly MachineText[];
}

interface Region {
  heading: string;
  line: number;
  lines: string[];
  seal: string | undefined;
}

/**
 * Takes a document apart by lines, not by its Markdown: also where somebody's open code fence would swallow the rest,
 * each word must be found again. Every line but marks is in the result exactly once.
 */
export function splitDocument(lines: readonly string[], headings: ReadonlySet<string>): SplitDocument {
  const human: { id: string; line: number; lines: string[] }[] = [];
  const regions: Region[] = [{ heading: "", line: 1, lines: [], seal: undefined }];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const marker = parseMarker(line);
    const region = regions.at(-1);
    if (marker?.kind === "open") {
      const end = endOfPlace(lines, at + 1, headings);
      human.push({ id: marker.id, line: at + 2, lines: lines.slice(at + 1, end) });
      at = parseMarker(lines[end] ?? "")?.kind === "close" ? end : end - 1;
    } else if (marker?.kind === "drafted") {
      if (region !== undefined) region.seal = marker.seal;
    } else if (marker === undefined && /^#{1,2}\s/.test(line)) {
      regions.push({ heading: headingText(line), line: at + 1, lines: [line], seal: undefined });
    } else if (marker === undefined) region?.lines.push(line);
  }
  const machine = regions.map(({ seal, ...region }) => ({
    ...region,
    isSealed: sealOf(region.lines) === seal,
  }));
  return { human, machine };
}

/** A place that nobody closed ends where the document goes on: at the next one, or at a heading that is the document's. */
function endOfPlace(lines: readonly string[], start: number, headings: ReadonlySet<string>): number {
  let heading: number | undefined;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const mark = parseMarker(line)?.kind;
    if (mark === "close") return at;
    if (mark === "open") return heading ?? at;
    if (line.startsWith("## ") && headings.has(headingText(line))) heading ??= at;
  }
  return heading ?? lines.length;
}

function headingText(line: string): string {
  return line.replace(/^#+\s+/, "").trim();
}

/** The headings at which an open place ends. */
export function headingsOf(sections: readonly { readonly heading: string }[]): ReadonlySet<string> {
  return new Set([...sections.map(({ heading }) => heading), KEPT_HEADING]);
}
