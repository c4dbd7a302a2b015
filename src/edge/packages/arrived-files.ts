import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ListedFile, type Release, readRelease } from "../../core/audit/dpkg/read-release.ts";

export interface ArrivedFiles {
  readonly release: Release;
  /** Of the Release itself. */
  readonly releasePath: string;
  /** One for each that was wanted. */
  readonly paths: readonly string[];
}

/**
 * What of a suite lies in apt's `lists`, proven complete: apt may end well without all that it was asked for (a server that
 * went away, a component without an index), and half an index would say that what is not in it does not exist. `wanted` says
 * by the release's own list which files there must be, by their paths below the suite's folder; each must be there as it is
 * listed. Throws an Error that says what lacks.
 */
export async function arrivedFiles(
  lists: string,
  wanted: (release: Release) => readonly string[],
): Promise<ArrivedFiles> {
  const name = (await readdir(lists)).find((each) => /_(?:In)?Release$/.test(each));
  if (name === undefined) throw new Error("the release's own list of files did not arrive");
  const releasePath = join(lists, name);
  const release = readRelease(await readFile(releasePath), name);
  const prefix = name.replace(/(?:In)?Release$/, "");
  const paths: string[] = [];
  for (const each of wanted(release)) {
    const file = release.files.get(each);
    const path = join(lists, `${prefix}${each.replaceAll("/", "_")}`);
    if (file === undefined) throw new Error(`the release lists no ${each}`);
    if (!(await isWhole(path, file))) throw new Error(`${each.replaceAll("/", "_")} did not arrive whole`);
    paths.push(path);
  }
  return { release, releasePath, paths };
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
