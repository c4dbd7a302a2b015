import { type Digest, digestOf } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { Fleet } from "../load-fleet.ts";

type Tree = Pick<Fleet, "tree">;

/** By path, the files that are there. */
export async function readDigests(
  fleet: Tree,
  paths: Iterable<string>,
): Promise<ReadonlyMap<string, Digest>> {
  const files = new Map<string, Digest>();
  for (const path of paths) {
    const digest = await digestOfFile(fleet, path);
    if (digest !== undefined) files.set(path, digest);
  }
  return files;
}

export async function digestOfFile(fleet: Tree, path: string): Promise<Digest | undefined> {
  const bytes = await readFileOf(fleet, path);
  return bytes === undefined ? undefined : digestOf(bytes);
}

/** A file of the work tree; a folder of that name, or a file that may not be read, is none. */
export async function readFileOf({ tree }: Tree, path: string): Promise<Uint8Array | undefined> {
  try {
    return await tree.read(path);
  } catch (error) {
    if (error instanceof LapstrakeError && error.code === "TREE_UNREADABLE") return undefined;
    throw error;
  }
}
