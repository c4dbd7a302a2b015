import type { FileTree } from "../image/file-tree.ts";
import type { PythonEnvironment } from "./environment.ts";

/** Where an interpreter looks, before `.pth` files add to it. */
export interface InterpreterFolders extends Pick<PythonEnvironment, "interpreter" | "version"> {
  readonly venv?: string;
  /** The standard library's. */
  readonly standard: readonly string[];
  /** For what is installed; those of them that are there count. */
  readonly sites: readonly string[];
}

/** Whether a file of this name in a folder `bin` is an interpreter: `python3.11`, and `python3.13t` without a global lock. */
export function isInterpreterName(name: string): boolean {
  return /^python3\.\d+t?$/.test(name);
}

/** As CPython's `getpath` and `site` have it. Undefined where there is no standard library beside it: then it does not start. */
export function interpreterFolders(tree: FileTree, interpreter: string): InterpreterFolders | undefined {
  const [, digits = "", threads = ""] = /3\.(\d+)(t?)$/.exec(interpreter) ?? [];
  const minor = Number(digits);
  const prefix = interpreter.replace(/\/?bin\/[^/]+$/, "");
  const within = (path: string): string => (prefix === "" ? path : `${prefix}/${path}`);
  const name = `python3.${minor}${threads}`;
  // Fedora's platform folder; its `lib` has what is the same for all.
  const platform = ["lib", "lib64"].find((lib) => isFile(tree, within(`${lib}/${name}/os.py`)));
  if (platform === undefined) return undefined;
  const library = within(`${platform}/${name}`);
  const debian = [
    within(`local/lib/${name}/dist-packages`),
    within("lib/python3/dist-packages"),
    within(`lib/${name}/dist-packages`),
  ];
  // Debian's own interpreter keeps what apt installs apart from what pip does; those of others in `usr` do not.
  const isDebian = prefix === "usr" && debian.some((folder) => isFolder(tree, folder));
  const sites = [...new Set([platform, "lib"])].map((lib) => within(`${lib}/${name}/site-packages`));
  return {
    interpreter,
    version: { major: 3, minor, ...(threads === "" ? {} : { freeThreaded: true }) },
    standard: [library, `${library}/lib-dynload`],
    sites: isDebian ? debian : sites,
  };
}

/** A virtual environment: by its own program, which is a link to the interpreter or a copy of it. */
export function venvFolders(
  tree: FileTree,
  venv: string,
  {
    config,
    bases,
  }: {
    /** pyvenv.cfg. */
    readonly config: ReadonlyMap<string, string>;
    readonly bases: readonly InterpreterFolders[];
  },
): InterpreterFolders | undefined {
  const program = tree.resolve(`${venv}/bin/python`)?.path ?? tree.resolve(`${venv}/bin/python3`)?.path;
  if (program === undefined) return undefined;
  const home = tree.resolve((config.get("home") ?? "").replace(/^\/+|\/+$/g, ""))?.path;
  const site = (base: InterpreterFolders): string =>
    `${venv}/lib/${base.standard[0]?.replace(/^.*\//, "") ?? ""}/site-packages`;
  const base =
    bases.find(({ interpreter }) => interpreter === program) ??
    bases.find((each) => each.interpreter.replace(/\/[^/]+$/, "") === home && isFolder(tree, site(each)));
  if (base === undefined) return undefined;
  const own = site(base);
  // `site` takes a file that does not say it for open.
  const isOpen = (config.get("include-system-site-packages") ?? "true").toLowerCase() === "true";
  return {
    ...base,
    interpreter: program,
    venv: `${venv}/bin/python`,
    sites: isOpen ? [own, ...base.sites] : [own],
  };
}

function isFile(tree: FileTree, path: string): boolean {
  return tree.resolve(path)?.file.type === "file";
}

function isFolder(tree: FileTree, path: string): boolean {
  return tree.resolve(path)?.file.type === "directory";
}
