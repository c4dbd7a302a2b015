import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { FileTree, Resolved, TreeFile } from "../../src/core/audit/image/file-tree.ts";

export interface HostTreeOptions {
  /** The folder that counts as the root of an image. */
  readonly root?: string;
  /** Files whose content is kept. */
  readonly keep: (path: string) => boolean;
  /** Folders that `walk` goes through: a host has more than an image. */
  readonly walk: readonly string[];
}

/** This machine, or a folder of it, as an image's tree: read when asked, links followed within the root only. */
export function hostTree({ root = "/", keep, walk }: HostTreeOptions): FileTree {
  const at = (path: string): TreeFile | undefined => {
    const slash = path.lastIndexOf("/");
    const folder = slash < 0 ? "" : follow(path.slice(0, slash));
    return folder === undefined ? undefined : fileAt(join(folder, path.slice(slash + 1)));
  };
  const fileAt = (path: string): TreeFile | undefined => {
    const found = lstat(join(root, path));
    if (found === undefined) return undefined;
    const { mode, uid, gid, size } = found;
    const type = typeOf(found);
    return {
      type,
      mode: mode & 0o7777,
      uid,
      gid,
      size: type === "file" ? size : 0,
      layer: 0,
      ...(type === "symlink" ? { target: readlinkSync(join(root, path)) } : {}),
      ...(type === "file" && keep(path) ? { content: new Uint8Array(readFileSync(join(root, path))) } : {}),
    };
  };
  const follow = (path: string): string | undefined => {
    const trail: string[] = [];
    const open = path.split("/").reverse();
    let links = 0;
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        trail.pop();
        continue;
      }
      const next = join(root, ...trail, part);
      const found = lstat(next);
      if (found === undefined) return undefined;
      if (!found.isSymbolicLink()) {
        trail.push(part);
        continue;
      }
      if (++links > 40) return undefined;
      const target = readlinkSync(next);
      if (target.startsWith("/")) trail.length = 0;
      open.push(...target.split("/").reverse());
    }
    return trail.join("/");
  };
  const resolve = (path: string): Resolved | undefined => {
    const there = follow(path);
    const file = there === undefined ? undefined : fileAt(there);
    return there === undefined || file === undefined ? undefined : { path: there, file };
  };
  function* walkFolder(path: string): Generator<readonly [string, TreeFile]> {
    for (const name of readdirSync(join(root, path)).sort()) {
      const inner = join(path, name);
      const file = fileAt(inner);
      if (file === undefined) continue;
      yield [inner, file];
      if (file.type === "directory") yield* walkFolder(inner);
    }
  }
  return {
    at,
    resolve,
    *walk() {
      for (const folder of walk) yield* walkFolder(folder);
    },
  };
}

function lstat(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function typeOf(found: Stats): TreeFile["type"] {
  if (found.isSymbolicLink()) return "symlink";
  if (found.isDirectory()) return "directory";
  if (found.isFIFO()) return "fifo";
  if (found.isBlockDevice()) return "block";
  if (found.isCharacterDevice()) return "character";
  return "file";
}
