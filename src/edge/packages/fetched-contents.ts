import { arrivedFiles } from "./arrived-files.ts";

/** What must be there for an answer to be one of the whole release. */
interface Expected {
  readonly architecture: string;
  readonly components: readonly string[];
}

/**
 * The indexes of files that lie in apt's `lists`: one for each component by the release's own list, and the one for all
 * architectures where it lists that. Throws an Error that says what lacks.
 */
export async function fetchedContents(
  lists: string,
  { architecture, components }: Expected,
): Promise<readonly string[]> {
  const { paths } = await arrivedFiles(lists, ({ files }) => {
    const wanted = components.flatMap((component) => {
      // Ubuntu has one for all components.
      const own = [`${component}/Contents-${architecture}.gz`, `Contents-${architecture}.gz`];
      const path = own.find((each) => files.has(each));
      if (path === undefined) throw new Error(`the release lists no index of files for ${component}`);
      return [path, `${component}/Contents-all.gz`].filter((each) => files.has(each));
    });
    return [...new Set(wanted)];
  });
  return paths;
}
