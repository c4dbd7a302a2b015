import type { PackageDatabase } from "../dpkg/package-database.ts";
import type { FileTree } from "../image/file-tree.ts";
import type { PythonEnvironment } from "./environment.ts";
import { readVenvConfig } from "./ini-text.ts";
import { joinPath } from "./join-path.ts";
import { linesOf } from "./metadata-text.ts";
import { type MetadataFlaw, readDistributions } from "./read-distributions.ts";

export interface ReadEnvironments {
  readonly environments: readonly PythonEnvironment[];
  readonly flaws: readonly MetadataFlaw[];
}

interface Found {
  /** `usr/bin/python3.11`. */
  readonly interpreters: readonly string[];
  /** Folders with a pyvenv.cfg. */
  readonly venvs: readonly string[];
  /** By folder, the metadata and `.pth` files in it. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly pth: ReadonlyMap<string, readonly string[]>;
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
  const bare = found.interpreters.flatMap((path) => {
    const base = baseOf(tree, path);
    return base === undefined ? [] : [base];
  });
  const inVenvs = found.venvs.flatMap((venv) => {
    const base = bare.find(({ interpreter }) => interpreter === venvInterpreter(tree, venv));
    return base === undefined ? [] : [venvOf(tree, venv, base)];
  });
  const environments = [...bare, ...inVenvs].map(({ standard, sites, ...about }): PythonEnvironment => {
    const added = sites.flatMap((site) => [site, ...pthFolders(tree, site, found.pth.get(site) ?? [])]);
    const path = [...new Set([...standard, ...added])].filter((folder) => isFolder(tree, folder));
    const read = readDistributions(
      tree,
      path.flatMap((folder) => found.metadata.get(folder) ?? []),
      packages,
    );
    flaws.push(...read.flaws);
    return { ...about, path, distributions: read.distributions };
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
  for (const [path, file] of tree.walk()) {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    const folder = path.slice(0, Math.max(0, slash));
    if (file.type === "file" && /^python3\.\d+$/.test(name) && /(?:^|\/)bin$/.test(folder))
      interpreters.push(path);
    else if (name === "pyvenv.cfg") venvs.push(folder);
    else if (name.endsWith(".dist-info") || name.endsWith(".egg-info")) push(metadata, folder, path);
    else if (name.endsWith(".pth") && file.type === "file") push(pth, folder, path);
  }
  return { interpreters, venvs, metadata, pth };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

interface Base extends Pick<PythonEnvironment, "interpreter" | "version"> {
  readonly venv?: string;
  readonly standard: readonly string[];
  readonly sites: readonly string[];
}

/** Undefined where there is no standard library beside it: then it is no interpreter that starts. */
function baseOf(tree: FileTree, interpreter: string): Base | undefined {
  const minor = Number(/3\.(\d+)$/.exec(interpreter)?.[1]);
  const prefix = interpreter.replace(/\/?bin\/[^/]+$/, "");
  const library = `${prefix === "" ? "" : `${prefix}/`}lib/python3.${minor}`;
  if (!isFolder(tree, library)) return undefined;
  // Debian's own interpreter keeps what apt installs apart from what pip does.
  const sites =
    prefix === "usr"
      ? [`usr/local/lib/python3.${minor}/dist-packages`, "usr/lib/python3/dist-packages"]
      : [`${library}/site-packages`];
  return {
    interpreter,
    version: { major: 3, minor },
    standard: [library, `${library}/lib-dynload`],
    sites,
  };
}

function venvOf(tree: FileTree, venv: string, base: Base): Base {
  const config = readVenvConfig(textAt(tree, `${venv}/pyvenv.cfg`));
  const own = `${venv}/lib/python3.${base.version.minor}/site-packages`;
  const isOpen = config.get("include-system-site-packages")?.toLowerCase() === "true";
  return { ...base, venv: `${venv}/bin/python`, sites: isOpen ? [own, ...base.sites] : [own] };
}

function venvInterpreter(tree: FileTree, venv: string): string | undefined {
  return tree.resolve(`${venv}/bin/python`)?.path ?? tree.resolve(`${venv}/bin/python3`)?.path;
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
