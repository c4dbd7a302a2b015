import { type DynamicSection, readDynamic, TAG } from "./dynamic-section.ts";
import { readSymbols } from "./dynamic-symbols.ts";
import type { ElfFacts } from "./elf-facts.ts";
import { type ElfBytes, type ElfHeader, INTERPRETER, invalid, readHeader } from "./elf-header.ts";
import { readNotes } from "./notes.ts";
import { readDefinedVersions, readNeededVersions } from "./version-tables.ts";

/** DF_1_NODEFLIB and DF_1_PIE. */
const [NO_DEFAULT_LIBRARIES, PIE] = [0x800, 0x08000000];
const MAX_INTERPRETER = 4096;

/** What the tables of a file say; `names` and `gpu` of `ElfFacts` need all of its bytes, so whoever sees them adds them. */
export type ElfTables = Omit<ElfFacts, "gpu">;

/**
 * Reads an ELF file from its program headers on: sections may be stripped, and the loader does not look at them. Throws
 * AuditError ELF_INVALID or ELF_TRUNCATED, with the offset.
 */
export function readElf(bytes: ElfBytes): ElfTables {
  const header = readHeader(bytes);
  const { segments: _, ...about } = header;
  const { kernel, buildId, dlopen: notes } = readNotes(bytes, header);
  const interpreter = readInterpreter(bytes, header);
  const dynamic = readDynamic(bytes, header);
  const symbols =
    dynamic === undefined ? { importsDlopen: false, pythonModules: [] } : readSymbols(bytes, header, dynamic);
  return {
    ...about,
    ...(interpreter === undefined ? {} : { interpreter }),
    dynamic: dynamic !== undefined,
    ...namesOf(dynamic),
    versionsNeeded: dynamic === undefined ? [] : readNeededVersions(bytes, header, dynamic),
    versionsDefined: dynamic === undefined ? [] : readDefinedVersions(bytes, header, dynamic),
    ...(kernel === undefined ? {} : { kernel }),
    ...(buildId === undefined ? {} : { buildId }),
    pythonModules: symbols.pythonModules,
    dlopen: { imported: symbols.importsDlopen, notes, names: [] },
  };
}

function namesOf(dynamic: DynamicSection | undefined) {
  const flags = dynamic?.value(TAG.flags1) ?? 0;
  const [soname, rpath, runpath] = [TAG.soname, TAG.rpath, TAG.runpath].map((tag) => dynamic?.text(tag));
  return {
    ...(soname === undefined ? {} : { soname }),
    needed: dynamic?.texts(TAG.needed) ?? [],
    ...(rpath === undefined ? {} : { rpath }),
    ...(runpath === undefined ? {} : { runpath }),
    noDefaultLibraries: (flags & NO_DEFAULT_LIBRARIES) !== 0,
    pie: (flags & PIE) !== 0,
    auxiliary: dynamic?.texts(TAG.auxiliary) ?? [],
    filter: dynamic?.texts(TAG.filter) ?? [],
  };
}

function readInterpreter(bytes: ElfBytes, { segments }: ElfHeader): string | undefined {
  const segment = segments.find(({ type }) => type === INTERPRETER);
  if (segment === undefined) return undefined;
  const { offset, size } = segment;
  if (size > MAX_INTERPRETER || offset + size > bytes.size)
    throw invalid("the loader's path is not in it", offset);
  return new TextDecoder().decode(bytes.slice(offset, size)).replace(/\0[\s\S]*$/, "");
}
