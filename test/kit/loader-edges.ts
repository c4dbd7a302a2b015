import { statSync } from "node:fs";
import { join } from "node:path";
import type { FileTree } from "../../src/core/audit/image/file-tree.ts";
import type { LoadTrace } from "../../src/core/audit/loader/load-trace.ts";
import type { RealTrace } from "./real-loader.ts";

/** A search for a name that nothing loaded answered to, in the form in which both the model's and the real one can be had. */
export interface Searched {
  /** Device and number of the file, as `found`. */
  readonly from: string;
  /** Of a path its last part: tokens in it are expanded by the real one only. */
  readonly needed: string;
  /** Paths in folders that are there, which were opened in vain. */
  readonly tried: readonly string[];
  readonly found: string | undefined;
}

export interface Compared {
  readonly tree: FileTree;
  readonly root: string;
  readonly cwd?: string;
}

/** Its paths by the files' numbers: of hard links the real loader names another than the model. */
export function modelSearches(trace: LoadTrace, { root, cwd = "/" }: Compared): readonly Searched[] {
  return trace.edges.flatMap(({ from, needed, outcome, tried, kind }): readonly Searched[] => {
    if ((outcome.state === "loaded" && outcome.through === undefined) || kind === "interpreter") return [];
    const paths = tried.flatMap(({ path, why, by }) => {
      const isOpened = path !== undefined && why !== "no-folder" && why !== "skipped-for-runpath";
      return isOpened && by !== "path" && isInFolder(root, cwd, path) ? [path] : [];
    });
    const found = outcome.state === "found" || outcome.state === "loaded" ? outcome.path : undefined;
    const file = found === undefined ? undefined : fileOf(join(root, found));
    return [{ from: fileOf(join(root, from)), needed: lastOf(needed), tried: once(paths), found: file }];
  });
}

export function realSearches({ edges }: RealTrace, { tree, root, cwd = "/" }: Compared): readonly Searched[] {
  const place = (path: string): string | undefined => {
    const real = tree.resolve((path.startsWith("/") ? path : join(cwd, path)).replace(/^\/+/, ""))?.path;
    return real === undefined ? undefined : fileOf(join(root, real));
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

function fileOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

function isInFolder(root: string, cwd: string, path: string): boolean {
  const folder = join(path.startsWith("/") ? "" : cwd, path.replace(/[^/]*$/, ""));
  return statSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory() === true;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Folders of features and of the platform may have one name; the real one opens it twice. */
function once(paths: readonly string[]): readonly string[] {
  return paths.filter((path, index) => path !== paths[index - 1]);
}
