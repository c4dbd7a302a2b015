import { decodeLines } from "./decode-lines.ts";
import {
  type DocumentForm,
  type HumanPlace,
  KEPT_HEADING,
  placeholderOf,
  type Section,
} from "./document-form.ts";
import { DocumentError } from "./error.ts";
import { CLOSE_MARKER, draftedMarker, openMarker, untick } from "./markers.ts";
import { postreview } from "./postreview.ts";
import { preanalysis } from "./preanalysis.ts";
import { headingsOf, type SplitDocument, splitDocument } from "./split-document.ts";
import type { DocumentSubject } from "./subject.ts";

export interface Draft {
  readonly text: string;
  /** Words of people that had no place of their own any more: they stand at the end now, under KEPT_HEADING. */
  readonly moved: readonly MovedText[];
}

export interface MovedText {
  /** The heading or the place that it came from. */
  readonly from: string;
  /** Where it stood before. */
  readonly line: number;
  readonly lines: readonly string[];
}

/**
 * The document of this subject as Markdown. What people wrote in `existing`, the document that stands there now, stays:
 * in its place, or where that is gone, at the end. Ticks of deliverables stay with their text. Throws DocumentError
 * DOCUMENT_UNREADABLE where `existing` cannot be read, since its words could not be kept.
 */
export function draftDocument(subject: DocumentSubject, existing?: string | Uint8Array): Draft {
  const form = formOf(subject);
  if (existing === undefined) return { text: assemble(form, new Map(), []), moved: [] };
  const decoded = decodeLines(existing);
  if (decoded.finding !== undefined) {
    throw new DocumentError(
      "DOCUMENT_UNREADABLE",
      `cannot keep what people wrote: ${decoded.finding.message}`,
      {
        hint: "move the file away, draft anew, and copy the text over by hand",
      },
    );
  }
  const old = splitDocument(decoded.lines, headingsOf(form.sections));
  const ticked = tickDeliverables(form, old);
  const { placed, rest } = placeTexts(ticked, old);
  const fresh = assemble(ticked, placed, []);
  const moved = [...rest, ...wordsBeside(old, [...placeholders(form), ...fresh.split("\n")])].toSorted(
    (a, b) => a.line - b.line,
  );
  const kept = [...(placed.get("kept") ?? []), ...moved.flatMap(appendix)];
  return { text: kept.length === 0 ? fresh : assemble(ticked, placed, kept), moved };
}

export function formOf(subject: DocumentSubject): DocumentForm {
  return subject.kind === "postreview" ? postreview(subject) : preanalysis(subject);
}

function tickDeliverables(form: DocumentForm, old: SplitDocument): DocumentForm {
  const ticked = new Set(
    old.machine
      .flatMap(({ lines }) => lines)
      .filter((line) => untick(line.trim()) !== line.trim())
      .map(deliverableText),
  );
  const tick = (line: string): string =>
    ticked.has(deliverableText(line)) ? line.replace("[ ]", "[x]") : line;
  return {
    ...form,
    sections: form.sections.map((section) =>
      section.id === "deliverables"
        ? { ...section, machine: section.machine.split("\n").map(tick).join("\n") }
        : section,
    ),
  };
}

/** Without box and number: these may change while the deliverable stays. */
function deliverableText(line: string): string {
  return line.trim().replace(/^[-*+] \[[ xX]\] (?:D\d+: )?/, "");
}

/** Each text to its place, the first one where there are more; what remains has lost its place. */
function placeTexts(
  form: DocumentForm,
  { human }: SplitDocument,
): { readonly placed: ReadonlyMap<string, readonly string[]>; readonly rest: readonly MovedText[] } {
  const places = new Set<string>([
    "kept",
    ...form.sections.flatMap(({ human }) => (human === undefined ? [] : [human.id])),
  ]);
  const placed = new Map<string, readonly string[]>();
  const asked = placeholders(form);
  const rest: MovedText[] = [];
  for (const { id, line, lines } of human) {
    const text = trimBlank(lines.filter((each) => !asked.has(each.trim())));
    if (text.length === 0) continue;
    if (places.has(id) && !placed.has(id)) placed.set(id, text);
    else rest.push({ from: id, line, lines: text });
  }
  return { placed, rest };
}

/** What stands outside of the places and is neither what was drafted then nor what is drafted now. */
function wordsBeside({ machine }: SplitDocument, fresh: readonly string[]): readonly MovedText[] {
  const drafted = new Set([`## ${KEPT_HEADING}`, ...fresh].map((line) => untick(line.trim())));
  return machine.flatMap(({ heading, line, lines, isSealed }) => {
    if (isSealed) return [];
    const words = trimBlank(lines.filter((each) => each.trim() === "" || !drafted.has(untick(each.trim()))));
    return words.length === 0
      ? []
      : [{ from: heading === "" ? "the beginning" : heading, line, lines: words }];
  });
}

function placeholders({ sections }: DocumentForm): ReadonlySet<string> {
  return new Set(sections.flatMap(({ human }) => (human === undefined ? [] : [placeholderOf(human)])));
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== "");
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line.trim() !== "") + 1);
}

function appendix({ from, lines }: MovedText): readonly string[] {
  return ["", `From "${from}":`, "", ...lines];
}

function assemble(
  form: DocumentForm,
  placed: ReadonlyMap<string, readonly string[]>,
  kept: readonly string[],
): string {
  const title = `# ${form.title}`;
  const head = [title, draftedMarker("title", [title, form.intro]), form.intro];
  const body = form.sections.flatMap((section) => sectionParts(section, placed));
  const end = kept.length === 0 ? [] : [`## ${KEPT_HEADING}`, place("kept", trimBlank(kept))];
  // A lone half of a character has no bytes in UTF-8, so the file would not be what is compared.
  return `${[...head, ...body, ...end].join("\n\n")}\n`.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}

function sectionParts(
  { id, heading, machine, human }: Section,
  placed: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const title = `## ${heading}`;
  return [
    title,
    draftedMarker(id, [title, ...machine.split("\n")]),
    ...(machine === "" ? [] : [machine]),
    ...(human === undefined ? [] : [place(human.id, placed.get(human.id) ?? [placeholderOf(human)])]),
  ];
}

function place(id: HumanPlace["id"], lines: readonly string[]): string {
  return [openMarker(id), "", ...lines, "", CLOSE_MARKER].join("\n");
}
