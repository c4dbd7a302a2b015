import type { ElfFacts } from "../elf/elf-facts.ts";
import type { VersionFinding } from "./load-trace.ts";

/** An object of a process, as its versions are judged. */
interface Versioned {
  readonly path: string;
  readonly elf: ElfFacts;
  readonly names: ReadonlySet<string>;
}

/** Versions that are asked of libraries which are there and do not have them (glibc, elf/dl-version.c). */
export function versionFindings(objects: readonly Versioned[]): readonly VersionFinding[] {
  const byName = new Map<string, Versioned>();
  for (const each of objects) {
    for (const name of each.names) if (!byName.has(name)) byName.set(name, each);
    if (each.elf.soname !== undefined && !byName.has(each.elf.soname)) byName.set(each.elf.soname, each);
  }
  const has = new Map(objects.map((each) => [each, new Set(each.elf.versionsDefined)]));
  return objects.flatMap(({ path: from, elf }) =>
    elf.versionsNeeded.flatMap(({ file, versions }) => {
      const library = byName.get(file);
      const defined = library && has.get(library);
      // A library that is missing is its own finding.
      if (library === undefined || defined === undefined) return [];
      return versions
        .filter(({ name }) => !defined.has(name))
        .map(({ name, weak }): VersionFinding => {
          const severity = weak || defined.size === 0 ? "warning" : "fatal";
          return { from, library: file, path: library.path, version: name, severity };
        });
    }),
  );
}
