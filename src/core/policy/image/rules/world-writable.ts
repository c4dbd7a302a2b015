import type { FileTree, TreeFile } from "../../../audit/image/file-tree.ts";
import type { Observations, Reason, Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

const BY_ALL = 0o002;
const STICKY = 0o1000;
/** What is there for all to write to: a container gets its own, or loses it when it ends. */
const SHARED = ["tmp", "var/tmp", "dev", "run/lock", "run/shm", "var/lock", "proc", "sys"];
const TOLD = 50;

/**
 * Nothing that runs or is read in the image can be changed by whoever gets into it: no file is writable by all, and no
 * folder without the sticky bit, which keeps everybody from what is another's. What lies in the folders that are there for
 * it is not looked at; those themselves need that bit. The mode of a symlink means nothing.
 */
export function worldWritableVerdict(facts: ImageFacts): Verdict {
  return contentVerdict("image-world-writable", facts, ({ flat, layers }) =>
    judge(flat.tree, (layer) => layers[layer]?.diffId),
  );
}

function judge(tree: FileTree, diffIdOf: (layer: number) => Reason["digest"]): Observations {
  const fails: Reason[] = [];
  let looked = 0;
  let more = 0;
  for (const [path, file] of tree.walk()) {
    if (SHARED.some((folder) => path.startsWith(`${folder}/`))) continue;
    looked++;
    if (!isOpen(file)) continue;
    if (fails.length === TOLD) {
      more++;
      continue;
    }
    fails.push(reasonOf(path, file, diffIdOf(file.layer)));
  }
  if (more > 0) fails.push({ message: `and ${more} more that are writable by all` });
  return { fails, holds: { message: `none of ${looked} files and folders is writable by all` } };
}

function isOpen({ type, mode }: TreeFile): boolean {
  if (type === "symlink" || (mode & BY_ALL) === 0) return false;
  return type !== "directory" || (mode & STICKY) === 0;
}

function reasonOf(path: string, { type, mode, uid }: TreeFile, digest: Reason["digest"]): Reason {
  const isFolder = type === "directory";
  const what = isFolder ? "is a folder that all may write to, without the sticky bit" : "is writable by all";
  return {
    id: isFolder ? "world-writable-folder" : "world-writable-file",
    path,
    message: `/${path} ${what} (mode ${mode.toString(8).padStart(4, "0")}, owner ${uid})`,
    ...(digest === undefined ? {} : { digest }),
    hint: isFolder ? `chmod o-w /${path}, or chmod +t where all have to write` : `chmod o-w /${path}`,
  };
}
