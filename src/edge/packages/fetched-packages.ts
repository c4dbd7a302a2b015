import { type ArrivedFiles, arrivedFiles } from "./arrived-files.ts";
import type { ArchiveRelease } from "./contents-port.ts";

/**
 * The indexes of packages that lie in apt's `lists`, and the Release of the suite: one index for each component, and one for
 * all architectures where those stand apart. Throws an Error that says what lacks, or that the Release is of another suite: a
 * mirror may hand out one that is signed as well.
 */
export async function fetchedPackages(
  lists: string,
  { suite, architecture }: ArchiveRelease,
  components: readonly string[],
): Promise<ArrivedFiles> {
  return arrivedFiles(lists, (release) => {
    // Debian's security suites have their name as codename, Ubuntu's as suite.
    if (release.codename !== suite && release.suite !== suite)
      throw new Error(`the Release is of ${release.codename ?? release.suite ?? "a suite without name"}`);
    return components.flatMap((component) => [
      `${component}/binary-${architecture}/Packages`,
      ...(release.allApart ? [`${component}/binary-all/Packages`] : []),
    ]);
  });
}
