import { type DynamicSection, TAG } from "./dynamic-section.ts";
import { type ElfBytes, ElfFields, type ElfHeader, invalid, truncated } from "./elf-header.ts";

/** The largest real ones (torch, LLVM) have some hundred thousands. */
const MAX_SYMBOLS = 4_000_000;

export interface SymbolFacts {
  readonly importsDlopen: boolean;
  /** `PyInit_*` that it defines, without the prefix. */
  readonly pythonModules: readonly string[];
}

const OPENERS = [Buffer.from("dlopen"), Buffer.from("dlmopen")];
const PYTHON = Buffer.from("PyInit_");
const [D, P] = [0x64, 0x50];

/** Looks through the dynamic symbols for the few names that matter here; all others cost one look at their first letter. */
export function readSymbols(bytes: ElfBytes, header: ElfHeader, dynamic: DynamicSection): SymbolFacts {
  const place = dynamic.place(TAG.symbols);
  if (place === undefined) return { importsDlopen: false, pythonModules: [] };
  const wide = header.class === 64;
  const step = wide ? 24 : 16;
  const count = countSymbols(bytes, header, dynamic);
  if (count > MAX_SYMBOLS) throw invalid(`${count} dynamic symbols`, place);
  if (place + count * step > bytes.size) throw truncated("the dynamic symbols", place);
  const fields = new ElfFields(bytes.slice(place, count * step), {
    wide,
    little: header.byteOrder === "little",
  });
  const { strings } = dynamic;
  const pythonModules: string[] = [];
  let importsDlopen = false;
  for (let at = step; at < fields.length; at += step) {
    const name = fields.int(at);
    const first = strings[name];
    if (first !== D && first !== P) continue;
    const isDefined = fields.half(at + (wide ? 6 : 14)) !== 0;
    if (first === D && !isDefined)
      importsDlopen ||= OPENERS.some((opener) => dynamic.isAt(name, opener, "whole"));
    if (first === P && isDefined && dynamic.isAt(name, PYTHON, "prefix"))
      pythonModules.push(dynamic.string(name + PYTHON.length));
  }
  return { importsDlopen, pythonModules: pythonModules.sort() };
}

/** No tag says how many there are: the hash tables do. */
function countSymbols(bytes: ElfBytes, header: ElfHeader, dynamic: DynamicSection): number {
  const form = { wide: header.class === 64, little: header.byteOrder === "little" };
  const open = (at: number, length: number): ElfFields => {
    if (at + length > bytes.size) throw truncated("a hash table", at);
    return new ElfFields(bytes.slice(at, length), form);
  };
  const hash = dynamic.place(TAG.hash);
  if (hash !== undefined) return open(hash, 8).int(4);
  const gnu = dynamic.place(TAG.gnuHash);
  return gnu === undefined ? 0 : countByGnuHash(open, gnu, form.wide);
}

/** The last symbol is the end of the chain that begins highest; those before `first` are not in the table at all. */
function countByGnuHash(open: (at: number, length: number) => ElfFields, at: number, wide: boolean): number {
  const head = open(at, 16);
  const [buckets, first, bloom] = [head.int(0), head.int(4), head.int(8)];
  if (buckets > MAX_SYMBOLS || bloom > MAX_SYMBOLS) throw invalid("a GNU hash table larger than any", at);
  const bucketsAt = at + 16 + bloom * (wide ? 8 : 4);
  const table = open(bucketsAt, buckets * 4);
  let last = 0;
  for (let index = 0; index < buckets; index++) last = Math.max(last, table.int(index * 4));
  if (last < first) return first;
  const chains = bucketsAt + buckets * 4;
  // The lowest bit is set in the last word of a chain.
  for (let index = last - first; index < MAX_SYMBOLS; index++) {
    if ((open(chains + index * 4, 4).int(0) & 1) === 1) return first + index + 1;
  }
  throw invalid("a chain of the GNU hash table has no end", chains);
}
