import type { ElfFacts } from "../../src/core/audit/elf/elf-facts.ts";

const NOTHING: ElfFacts = {
  class: 64,
  byteOrder: "little",
  machine: 62,
  type: "shared",
  osAbi: 0,
  dynamic: true,
  needed: [],
  noDefaultLibraries: false,
  pie: false,
  auxiliary: [],
  filter: [],
  versionsNeeded: [],
  versionsDefined: [],
  pythonModules: [],
  dlopen: { imported: false, notes: [], names: [] },
};

/** A library of x86-64, but for what is told. */
export function library(facts: Partial<ElfFacts> = {}): ElfFacts {
  return { ...NOTHING, ...facts };
}

/** A program that glibc's loader starts. */
export function program(facts: Partial<ElfFacts> = {}): ElfFacts {
  return library({ interpreter: "/lib64/ld-linux-x86-64.so.2", ...facts });
}
