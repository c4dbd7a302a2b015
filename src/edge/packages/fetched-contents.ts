import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ListedFile, readRelease } from "../../core/audit/dpkg/read-release.ts";

/** What must be there for an answer to be one of the whole release. */
interface Expected {
  readonly architecture: string;
  readonly components: readonly string[];
}

/**
 * The indexes of files that lie in apt's `lists`, proven complete: apt may end well without all that it was asked for (a
 * server that went away, a component without an index), and half an index would say that nobody has a file. So each
 * component must have one by the release's own list, and each that is listed must be there, as it is listed. Throws an Error that
 * says what lacks.
 */
export async function fetchedContents(
  lists: string,
  { architecture, components }: Expected,
): Promise<readonly string[]> {
  const names = await readdir(lists);
  const release = names.find((name) => /_(?:In)?Release$/.test(name));
  if (release === undefined) throw new Error("the release's own list of files did not arrive");
  const listed = readRelease(await readFile(join(lists, release)), release);
  const prefix = release.replace(/(?:In)?Release$/, "");
  const wanted = new Map<string, ListedFile>();
  for (const component of components) {
    // Ubuntu has one for all components.
    const own = [`${component}/Contents-${architecture}.gz`, `Contents-${architecture}.gz`];
    const path = own.find((each) => listed.has(each));
    if (path === undefined) throw new Error(`the release lists no index of files for ${component}`);
    for (const each of [path, `${component}/Contents-all.gz`]) {
      const file = listed.get(each);
      if (file !== undefined) wanted.set(`${prefix}${each.replaceAll("/", "_")}`, file);
    }
  }
  for (const [name, file] of wanted)
    if (!(await isWhole(join(lists, name), file)))
      throw new Error(`${name.slice(prefix.length)} did not arrive whole`);
  return [...wanted.keys()].map((name) => join(lists, name));
}

async function isWhole(path: string, { bytes, sha256 }: ListedFile): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size !== bytes) return false;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer); // Without an encoding it gives Buffers.
  return hash.digest("hex") === sha256;
}
