import type { VersionFinding } from "./load-trace.ts";
import { definedBy, type Loaded, type LoadedObjects } from "./loaded.ts";

/** The versions that an object asks of others, against those that they have (`_dl_check_map_versions` of elf/dl-version.c). */
export function checkVersions(
  object: Loaded,
  objects: LoadedObjects,
  isMissing: (name: string) => boolean,
): readonly VersionFinding[] {
  return object.facts.versionsNeeded.flatMap(({ file, versions }): readonly VersionFinding[] => {
    const library = objects.named(file);
    const about = { from: object.path, library: file };
    if (library === undefined)
      // What was not found is said by its edge. Else the loader stops at a name that nothing answers to.
      return isMissing(file)
        ? []
        : versions.map(({ name }) => ({ ...about, version: name, severity: "fatal" as const }));
    const has = definedBy(library);
    return versions
      .filter(({ name }) => !has.has(name))
      .map(({ name, weak }) => ({
        ...about,
        path: library.path,
        version: name,
        severity: weak || has.size === 0 ? ("warning" as const) : ("fatal" as const),
      }));
  });
}
