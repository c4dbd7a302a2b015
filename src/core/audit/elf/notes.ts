import type { DlopenNote, ElfFacts } from "./elf-facts.ts";
import { type ElfBytes, ElfFields, type ElfHeader, NOTE } from "./elf-header.ts";

export interface NoteFacts {
  readonly kernel?: string;
  readonly buildId?: string;
  readonly dlopen: readonly DlopenNote[];
}

/** All notes of a segment have some hundred bytes; a package note or a list of dlopen some thousand. */
const MAX_BYTES = 1024 * 1024;
const MAX_NOTES = 1000;
const [ABI_TAG, BUILD_ID, DLOPEN] = [1, 3, 0x407c0c0a];
const TEXT = new TextDecoder();

/** Reads PT_NOTE segments: GNU's ABI tag and build ID, and what systemd's packaging metadata calls dlopen notes. */
export function readNotes(bytes: ElfBytes, header: ElfHeader): NoteFacts {
  let facts: NoteFacts = { dlopen: [] };
  for (const { type, offset, size } of header.segments) {
    if (type !== NOTE || size > MAX_BYTES || offset + size > bytes.size) continue;
    for (const note of notesIn(bytes.slice(offset, size), header))
      facts = { ...facts, ...factOf(note, header, facts) };
  }
  return facts;
}

interface Note {
  readonly name: string;
  readonly type: number;
  readonly content: Uint8Array;
}

/** Names and contents are padded to four bytes, in segments that are aligned to eight as well (glibc, elf/dl-load.c). */
function* notesIn(bytes: Uint8Array, header: ElfHeader): Generator<Note> {
  const fields = new ElfFields(bytes, formOf(header));
  let count = 0;
  for (let at = 0; at + 12 <= bytes.length && count < MAX_NOTES; count++) {
    const [nameSize, size, type] = [fields.int(at), fields.int(at + 4), fields.int(at + 8)];
    const nameAt = at + 12;
    const contentAt = nameAt + padded(nameSize);
    if (contentAt + size > bytes.length) return;
    yield {
      name: TEXT.decode(bytes.subarray(nameAt, nameAt + nameSize)).replace(/\0+$/, ""),
      type,
      content: bytes.subarray(contentAt, contentAt + size),
    };
    at = contentAt + padded(size);
  }
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function factOf({ name, type, content }: Note, header: ElfHeader, before: NoteFacts): Partial<NoteFacts> {
  if (name === "GNU" && type === ABI_TAG && content.length >= 16) {
    const fields = new ElfFields(content, formOf(header));
    const isLinux = fields.int(0) === 0;
    return isLinux ? { kernel: [fields.int(4), fields.int(8), fields.int(12)].join(".") } : {};
  }
  if (name === "GNU" && type === BUILD_ID)
    return { buildId: Array.from(content, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  if (name === "FDO" && type === DLOPEN) return { dlopen: [...before.dlopen, ...dlopenNotes(content)] };
  return {};
}

/** A damaged one says nothing: the loader does not read it either. */
function dlopenNotes(content: Uint8Array): readonly DlopenNote[] {
  try {
    // Each member is judged below.
    const read = JSON.parse(TEXT.decode(content).replace(/\0+$/, "")) as unknown;
    return Array.isArray(read) ? read.slice(0, MAX_NOTES).flatMap(dlopenNote) : [];
  } catch {
    return [];
  }
}

function dlopenNote(value: unknown): readonly DlopenNote[] {
  if (typeof value !== "object" || value === null) return [];
  const { soname, priority, feature, description } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(soname)) return [];
  return [
    {
      sonames: soname.filter((each): each is string => typeof each === "string").slice(0, 100),
      // The specification's default.
      priority: priority === "required" || priority === "suggested" ? priority : "recommended",
      ...(typeof feature === "string" ? { feature } : {}),
      ...(typeof description === "string" ? { description } : {}),
    },
  ];
}

function formOf({ class: bits, byteOrder }: Pick<ElfFacts, "class" | "byteOrder">) {
  return { wide: bits === 64, little: byteOrder === "little" };
}
