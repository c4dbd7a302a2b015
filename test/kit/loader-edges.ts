import { statSync } from "node:fs";
import { join } from "node:path";
import type { FileTree } from "../../src/core/audit/image/file-tree.ts";
import type { LoadTrace } from "../../src/core/audit/loader/load-trace.ts";
import type { RealTrace } from "./real-loader.ts";

/** A search for a name that nothing loaded answered to, in the form in which both the model's and the real one can be had. */
export interface Searched {
  /** By `Compared.fileOf`, as `found`. */
  readonly from: string;
  /** Of a path its last part: tokens in it are expanded by the real one only. */
  readonly needed: string;
  /** Paths in folders that are there, which were opened in vain. */
  readonly tried: readonly string[];
  readonly found: string | undefined;
}

/** What is needed to tell that both mean the same file. */
export interface Compared {
  readonly tree: FileTree;
  readonly cwd?: string;
  /** One text for each file, by its plain path. */
  fileOf(path: string): string;
  /** From the root, with or without links. */
  isFolder(path: string): boolean;
}

/** A folder of this machine: files by their numbers, since of hard links the real loader names another than the model. */
export function onDisk({
  tree,
  root,
  cwd = "/",
}: {
  readonly tree: FileTree;
  readonly root: string;
  readonly cwd?: string;
}): Compared {
  return {
    tree,
    cwd,
    fileOf: (path) => {
      const { dev, ino } = statSync(join(root, path));
      return `${dev}:${ino}`;
    },
    isFolder: (path) => statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true,
  };
}

export function modelSearches(
  trace: LoadTrace,
  { cwd = "/", fileOf, isFolder }: Compared,
): readonly Searched[] {
  return trace.edges.flatMap(({ from, needed, outcome, tried, kind }): readonly Searched[] => {
    if ((outcome.state === "loaded" && outcome.through === undefined) || kind === "interpreter") return [];
    const paths = tried.flatMap(({ path, why, by }) => {
      const isOpened = path !== undefined && why !== "no-folder" && why !== "skipped-for-runpath";
      const isThere =
        path !== undefined && isFolder(join(path.startsWith("/") ? "" : cwd, path.replace(/[^/]*$/, "")));
      return isOpened && by !== "path" && isThere ? [path] : [];
    });
    const found = outcome.state === "found" || outcome.state === "loaded" ? outcome.path : undefined;
    const file = found === undefined ? undefined : fileOf(found);
    return [{ from: fileOf(from), needed: lastOf(needed), tried: once(paths), found: file }];
  });
}

export function realSearches(
  { edges }: Pick<RealTrace, "edges">,
  { tree, cwd = "/", fileOf }: Compared,
): readonly Searched[] {
  const place = (path: string): string | undefined => {
    const real = tree.resolve((path.startsWith("/") ? path : join(cwd, path)).replace(/^\/+/, ""))?.path;
    return real === undefined ? undefined : fileOf(real);
  };
  const loaded = new Set<string | undefined>();
  return edges.map(({ from, needed, tried, mapped }) => {
    const slashed = needed.includes("/");
    const end = slashed ? needed : tried.at(-1);
    const file = end === undefined ? undefined : place(end);
    const isFound = mapped || (file !== undefined && loaded.has(file));
    if (isFound) loaded.add(file);
    const paths = once(tried);
    return {
      from: place(from) ?? from,
      needed: lastOf(needed),
      tried: slashed ? [] : isFound ? paths.slice(0, -1) : paths,
      found: isFound ? file : undefined,
    };
  });
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Folders of features and of the platform may have one name; the real one opens it twice. */
function once(paths: readonly string[]): readonly string[] {
  return paths.filter((path, index) => path !== paths[index - 1]);
}
