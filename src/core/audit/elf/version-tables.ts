import { type DynamicSection, TAG } from "./dynamic-section.ts";
import type { NeededVersions } from "./elf-facts.ts";
import { type ElfBytes, ElfFields, type ElfHeader, invalid, truncated } from "./elf-header.ts";

/** libc itself defines some forty; a library of LLVM needs of one library some hundred. */
const MAX_RECORDS = 10_000;
const WEAK = 2;
const BASE = 1;

/** One after the other, by the offset that each has to the next. */
interface Walk {
  readonly place: number;
  readonly count: number;
  readonly what: string;
}

/** Reads DT_VERNEED (LSB, symbol versioning): for each library the versions that it must have. */
export function readNeededVersions(
  bytes: ElfBytes,
  header: ElfHeader,
  dynamic: DynamicSection,
): readonly NeededVersions[] {
  const place = dynamic.place(TAG.versionsNeeded);
  if (place === undefined) return [];
  const open = opener(bytes, header);
  const found: NeededVersions[] = [];
  let left = MAX_RECORDS;
  const count = dynamic.value(TAG.versionsNeededCount) ?? 0;
  for (const { at, fields } of walk(open, { place, count, what: "needed versions" }, 12)) {
    const versions: { name: string; weak: boolean }[] = [];
    const inner = { place: at + fields.int(8), count: fields.half(2), what: "needed versions" };
    left -= inner.count;
    if (left < 0) throw invalid(`more than ${MAX_RECORDS} needed versions`, at);
    for (const { fields: aux } of walk(open, inner, 12))
      versions.push({ name: dynamic.string(aux.int(8)), weak: (aux.half(4) & WEAK) !== 0 });
    found.push({ file: dynamic.string(fields.int(4)), versions });
  }
  return found;
}

/** Reads DT_VERDEF: the versions that it has, but for the one that only names the file. */
export function readDefinedVersions(
  bytes: ElfBytes,
  header: ElfHeader,
  dynamic: DynamicSection,
): readonly string[] {
  const place = dynamic.place(TAG.versionsDefined);
  if (place === undefined) return [];
  const open = opener(bytes, header);
  const found: string[] = [];
  const count = dynamic.value(TAG.versionsDefinedCount) ?? 0;
  for (const { at, fields } of walk(open, { place, count, what: "defined versions" }, 16)) {
    if ((fields.half(2) & BASE) !== 0) continue;
    // The first of its names is its own; the others are those that it inherits.
    found.push(dynamic.string(open(at + fields.int(12)).int(0)));
  }
  return found;
}

type Open = (at: number) => ElfFields;
const RECORD = 20;

function opener(bytes: ElfBytes, header: ElfHeader): Open {
  const form = { wide: header.class === 64, little: header.byteOrder === "little" };
  return (at) => {
    if (at + 8 > bytes.size) throw truncated("a table of versions", at);
    return new ElfFields(bytes.slice(at, Math.min(RECORD, bytes.size - at)), form);
  };
}

/** `nextAt`: where in a record the offset to the next one stands; 0 ends them. Offsets only lead forward, so it ends. */
function* walk(
  open: Open,
  { place, count, what }: Walk,
  nextAt: number,
): Generator<{ at: number; fields: ElfFields }> {
  if (count > MAX_RECORDS) throw invalid(`${count} records of ${what}`, place);
  for (let at = place, index = 0; index < count; index++) {
    const fields = open(at);
    yield { at, fields };
    const next = fields.int(nextAt);
    if (next === 0) return;
    at += next;
  }
}
