import type { InstalledPackage, PackageDatabase } from "../dpkg/package-database.ts";
import type { FileTree } from "../image/file-tree.ts";
import type { Distribution, RecordedFile } from "./environment.ts";
import { joinPath } from "./join-path.ts";
import { linesOf } from "./metadata-text.ts";

/** A distribution before anybody has said which files are its own. */
export type Listed = Omit<Distribution, "files"> & {
  /** By RECORD or installed-files.txt; undefined where it has neither. */
  readonly recorded: readonly RecordedFile[] | undefined;
  /** SOURCES.txt: what its build was made of. */
  readonly sources: string | undefined;
};

/**
 * Files of each distribution of an environment. A Debian package is what it installs, whatever a RECORD says: that is of the
 * build, before files were moved and stripped. Others that have no list own what lies under the names that they say to bring.
 */
export function withFiles(
  tree: FileTree,
  listed: readonly Listed[],
  packages: PackageDatabase | undefined,
): readonly Distribution[] {
  const byPackage = new Map<string, Listed[]>();
  const owners = listed.map((each) => ownerOf(each, packages));
  for (const [index, each] of listed.entries()) {
    const id = owners[index]?.id;
    if (id !== undefined) byPackage.set(id, [...(byPackage.get(id) ?? []), each]);
  }
  const folders = new Folders(tree, new Set(listed.map(({ location }) => location)));
  return listed.map((each, index): Distribution => {
    const { recorded, sources: _, ...about } = each;
    const owner = owners[index];
    if (owner === undefined && recorded !== undefined) return { ...about, files: recorded };
    const own =
      owner === undefined
        ? builtFrom(tree, each)
        : packageFiles(tree, each, {
            places: packages?.placesOf(owner) ?? [],
            siblings: byPackage.get(owner.id) ?? [],
          });
    const covered = new Set(own.map((path) => headOf(each, path)));
    const others = namesOf(each).flatMap((name) => (covered.has(name) ? [] : folders.under(each, name)));
    const files = [...new Set([...own, ...others])].map((path) => ({ path }));
    return { ...about, ...(owner === undefined ? {} : { package: owner.id }), files };
  });
}

function ownerOf({ metadata }: Listed, packages: PackageDatabase | undefined): InstalledPackage | undefined {
  // Lists of the form `status.d` have no folders.
  for (const path of [metadata, `${metadata}/METADATA`, `${metadata}/PKG-INFO`]) {
    const [owner] = packages?.ownersOf(path) ?? [];
    if (owner !== undefined) return owner;
  }
  return undefined;
}

interface PackageFiles {
  readonly places: readonly string[];
  /** All distributions that the package brings. */
  readonly siblings: readonly Listed[];
}

/** What a package puts where its distribution lies, and its programs; of several distributions, each has what it names. */
function packageFiles(tree: FileTree, each: Listed, { places, siblings }: PackageFiles): readonly string[] {
  const others = new Set(siblings.flatMap((one) => (one === each ? [] : [...headsOf(one)])));
  const own = headsOf(each);
  const isOwn = (head: string): boolean => own.has(head) || (!others.has(head) && siblings[0] === each);
  const programs = new Set(
    each.entryPoints
      .filter(({ group }) => group === "console_scripts" || group === "gui_scripts")
      .map(({ name }) => `usr/bin/${name}`),
  );
  return places.filter((path) => {
    const head = headOf(each, path);
    const isWanted = head === undefined ? programs.has(path) : isOwn(head);
    // Folders are of all, and images leave out files by path filters.
    return isWanted && (tree.at(path)?.type ?? "directory") !== "directory";
  });
}

/** The sources that lie where it is installed, as importlib.metadata takes them. */
function builtFrom(tree: FileTree, { location, metadata, sources = "" }: Listed): readonly string[] {
  const found: string[] = [];
  for (const line of linesOf(sources)) {
    const path = line === "" || line.includes("\0") ? undefined : joinPath(location, line);
    if (path !== undefined && tree.at(path)?.type === "file") found.push(path);
  }
  const only = tree.at(metadata)?.type === "file" ? [metadata] : [];
  return [...only, ...found];
}

/** The first part of a path below its folder, as a module: `_cffi_backend` of `_cffi_backend.cpython-311-….so`. */
function headOf(
  { location, metadata }: Pick<Listed, "location" | "metadata">,
  path: string,
): string | undefined {
  if (path === metadata || path.startsWith(`${metadata}/`)) return metadata;
  if (!path.startsWith(`${location}/`)) return undefined;
  const [head = "", more] = path.slice(location.length + 1).split("/", 2);
  return more === undefined ? head.replace(/\..*$/s, "") : head;
}

function headsOf(each: Listed): ReadonlySet<string> {
  const recorded = (each.recorded ?? []).flatMap(({ path }) => headOf(each, path) ?? []);
  return new Set([each.metadata, ...namesOf(each), ...recorded]);
}

function namesOf({ topLevel = [] }: Listed): readonly string[] {
  return topLevel.map((name) => name.replace(/[./].*$/s, "")).filter((name) => name !== "");
}

/** Files below folders of `sys.path`, listed when the first is asked for. */
class Folders {
  readonly #tree: FileTree;
  readonly #locations: ReadonlySet<string>;
  #known: Map<string, string[]> | undefined;

  constructor(tree: FileTree, locations: ReadonlySet<string>) {
    this.#tree = tree;
    this.#locations = locations;
  }

  under({ location }: Listed, name: string): readonly string[] {
    this.#known ??= this.#list();
    return this.#known.get(`${location}/${name}`) ?? [];
  }

  #list(): Map<string, string[]> {
    const known = new Map<string, string[]>();
    for (const [path, { type }] of this.#tree.walk()) {
      if (type === "directory") continue;
      for (const location of this.#locations) {
        const head = headOf({ location, metadata: "" }, path);
        if (head === undefined) continue;
        const paths = known.get(`${location}/${head}`);
        if (paths === undefined) known.set(`${location}/${head}`, [path]);
        else paths.push(path);
      }
    }
    return known;
  }
}
