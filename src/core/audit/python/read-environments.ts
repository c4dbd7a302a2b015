import type { PackageDatabase } from "../dpkg/package-database.ts";
import type { FileTree } from "../image/file-tree.ts";
import { editableModules } from "./editable-modules.ts";
import type { Distribution, PythonEnvironment } from "./environment.ts";
import { readVenvConfig } from "./ini-text.ts";
import { interpreterFolders, isInterpreterName, venvFolders } from "./interpreter-folders.ts";
import { joinPath } from "./join-path.ts";
import { linesOf } from "./metadata-text.ts";
import { type MetadataFlaw, readDistributions } from "./read-distributions.ts";

export interface ReadEnvironments {
  readonly environments: readonly PythonEnvironment[];
  readonly flaws: readonly MetadataFlaw[];
}

/** What matters of an image, by folder where it is asked for by folder. */
interface Found {
  /** `usr/bin/python3.11`. */
  readonly interpreters: readonly string[];
  /** Folders with a pyvenv.cfg. */
  readonly venvs: readonly string[];
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly pth: ReadonlyMap<string, readonly string[]>;
  /** Finders that editable installs of setuptools bring. */
  readonly finders: ReadonlyMap<string, readonly string[]>;
}

const TEXT = new TextDecoder();
const MAX_PTH_LINES = 10_000;

/**
 * The interpreters of an image with what is installed where each looks, as CPython's `getpath` and `site` work it out without
 * any environment variable; each virtual environment is one of its own.
 */
export function readEnvironments(tree: FileTree, packages: PackageDatabase | undefined): ReadEnvironments {
  const found = find(tree);
  const flaws: MetadataFlaw[] = [];
  const bases = found.interpreters.flatMap((path) => interpreterFolders(tree, path) ?? []);
  const inVenvs = found.venvs.flatMap((venv) => {
    const config = readVenvConfig(textAt(tree, `${venv}/pyvenv.cfg`));
    return venvFolders(tree, venv, { config, bases }) ?? [];
  });
  const environments = [...bases, ...inVenvs].map(({ standard, sites, ...about }): PythonEnvironment => {
    const added = sites.flatMap((site) => [site, ...pthFolders(tree, site, found.pth.get(site) ?? [])]);
    const path = [...new Set([...standard, ...added])].filter((folder) => isFolder(tree, folder));
    const metadata = path.flatMap((folder) => found.metadata.get(folder) ?? []);
    const read = readDistributions(tree, metadata, packages);
    const carried = readDistributions(tree, carriedIn(path, found.metadata), packages);
    flaws.push(...read.flaws, ...carried.flaws);
    const finders = sites.flatMap((site) => found.finders.get(site) ?? []);
    const mapped = editableModules(finders.map((file) => textAt(tree, file)));
    // Code in that file brings back what Python 3.12 dropped.
    for (const site of sites)
      if (found.pth.get(site)?.includes(`${site}/distutils-precedence.pth`) === true)
        mapped.set("distutils", `${site}/setuptools/_distutils`);
    return {
      ...about,
      path,
      distributions: read.distributions,
      vendored: attributed(carried.distributions, read.distributions),
      mapped,
    };
  });
  return {
    environments,
    flaws: [...new Map(flaws.map((flaw) => [`${flaw.path}:${flaw.line}`, flaw])).values()],
  };
}

function find(tree: FileTree): Found {
  const interpreters: string[] = [];
  const venvs: string[] = [];
  const metadata = new Map<string, string[]>();
  const pth = new Map<string, string[]>();
  const finders = new Map<string, string[]>();
  for (const [path, file] of tree.walk()) {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const folder = path.slice(0, Math.max(0, slash));
    if (file.type === "file" && isInterpreterName(name) && /(?:^|\/)bin$/.test(folder))
      interpreters.push(path);
    else if (name === "pyvenv.cfg") venvs.push(folder);
    else if (name.endsWith(".dist-info") || name.endsWith(".egg-info")) push(metadata, folder, path);
    else if (name.endsWith(".pth") && !name.startsWith(".")) push(pth, folder, path);
    else if (name.startsWith("__editable__") && name.endsWith("_finder.py")) push(finders, folder, path);
  }
  return { interpreters, venvs, metadata, pth, finders };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** Metadata in folders below those that an interpreter looks into. */
function carriedIn(path: readonly string[], metadata: Found["metadata"]): readonly string[] {
  const looked = new Set(path);
  return [...metadata].flatMap(([folder, files]) =>
    !looked.has(folder) &&
    path.some((each) => folder.startsWith(`${each}/`) && isPackage(folder.slice(each.length)))
      ? files
      : [],
  );
}

/** Below a standard library lie the sites of others as well. */
function isPackage(below: string): boolean {
  return !/\/(?:site|dist)-packages(?:\/|$)/.test(below);
}

function attributed(
  carried: readonly Distribution[],
  owners: readonly Distribution[],
): readonly Distribution[] {
  if (carried.length === 0) return carried;
  const ownerOf = new Map(
    owners.flatMap(({ name, files }) => files.map(({ path }) => [path, name] as const)),
  );
  return carried.map((each): Distribution => {
    const owner = each.metadata.endsWith(".egg-info")
      ? (ownerOf.get(`${each.metadata}/PKG-INFO`) ?? ownerOf.get(each.metadata))
      : ownerOf.get(`${each.metadata}/METADATA`);
    const folder = each.location.replace(/^.*-packages\//, "").split("/", 1)[0] ?? each.location;
    return { ...each, vendoredBy: owner ?? each.vendoredBy ?? folder };
  });
}

/** Lines of `.pth` files that are folders (site.addpackage); those that begin with `import` are code. */
function pthFolders(tree: FileTree, site: string, files: readonly string[]): readonly string[] {
  return files.flatMap((file) => {
    const folders: string[] = [];
    let count = 0;
    for (const line of linesOf(textAt(tree, file))) {
      if (++count > MAX_PTH_LINES) break;
      const text = line.trimEnd();
      if (text === "" || text.startsWith("#") || /^import[ \t]/.test(text) || text.includes("\0")) continue;
      const folder = joinPath(site, text);
      if (folder !== undefined) folders.push(folder);
    }
    return folders;
  });
}

function textAt(tree: FileTree, path: string): string {
  return TEXT.decode(tree.resolve(path)?.file.content ?? new Uint8Array(0));
}

function isFolder(tree: FileTree, path: string): boolean {
  return tree.resolve(path)?.file.type === "directory";
}
