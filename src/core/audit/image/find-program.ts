import type { ImageConfig } from "../../oci/manifest.ts";
import { variableOf } from "../../oci/variable-of.ts";
import type { RunsAs } from "./accounts.ts";
import type { FileTree, TreeFile } from "./file-tree.ts";

export type FoundProgram =
  | {
      readonly ok: true;
      /** Links resolved. */
      readonly path: string;
      /** As the command word and PATH lead to it. */
      readonly calledAs: string;
    }
  | { readonly ok: false; readonly why: string };

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The program that a command word means in the image, if that user may run it. */
export function findProgram(
  tree: FileTree,
  word: string,
  { config, who }: { readonly config: ImageConfig["config"]; readonly who: RunsAs | undefined },
): FoundProgram {
  const candidates = candidatesOf(word, config);
  for (const candidate of candidates) {
    const found = tree.resolve(candidate.slice(1));
    if (found === undefined) continue;
    const { path, file } = found;
    if (file.type !== "file") return { ok: false, why: `/${path} is no file` };
    if (!mayRun(tree, path, who)) return { ok: false, why: `/${path} may not be run by ${nameOf(who)}` };
    return { ok: true, path, calledAs: candidate.slice(1) };
  }
  return { ok: false, why: `${word} is not in the image${word.includes("/") ? "" : " on PATH"}` };
}

function candidatesOf(word: string, config: ImageConfig["config"]): readonly string[] {
  const { WorkingDir = "/" } = config;
  if (word.startsWith("/")) return [word];
  if (word.includes("/")) return [`${WorkingDir}/${word}`];
  const path = variableOf(config, "PATH") ?? DEFAULT_PATH;
  return path.split(":").map((folder) => `${folder.startsWith("/") ? folder : WorkingDir}/${word}`);
}

function nameOf(who: RunsAs | undefined): string {
  return who === undefined ? "everybody" : `${who.uid}:${who.gid}`;
}

/** Execute for the file, search for the folders on the way. Of a user who is not known, what all others may. */
function mayRun(tree: FileTree, path: string, who: RunsAs | undefined): boolean {
  const parts = path.split("/");
  const folders = parts.slice(0, -1).map((_, index) => tree.at(parts.slice(0, index + 1).join("/")));
  return [...folders, tree.at(path)].every((file) => file !== undefined && hasExecute(file, who));
}

function hasExecute({ mode, uid, gid }: TreeFile, who: RunsAs | undefined): boolean {
  if (who?.uid === 0) return (mode & 0o111) !== 0;
  if (who?.uid === uid) return (mode & 0o100) !== 0;
  const inGroup = who !== undefined && (who.gid === gid || who.groups.some((group) => group.gid === gid));
  return (mode & (inGroup ? 0o010 : 0o001)) !== 0;
}
