import type { FileTree, Resolved } from "../image/file-tree.ts";
import type { PythonEnvironment } from "../python/environment.ts";
import type { PythonSource } from "../python/python-source.ts";

/** What the interpreter finds for a dotted name. */
export type FoundModule =
  | { readonly kind: "source" | "extension" | "bytecode"; readonly path: string }
  /** A text on a command line, and what a traceback calls it. */
  | { readonly kind: "code"; readonly path: string; readonly source: PythonSource }
  /** A folder with an `__init__`: `path` is that file. */
  | { readonly kind: "package"; readonly path: string; readonly folder: string }
  /** Folders without one (PEP 420). */
  | { readonly kind: "namespace"; readonly folders: readonly string[] }
  /** Compiled into the interpreter. */
  | { readonly kind: "builtin" };

export interface FinderOptions {
  readonly environment: Pick<PythonEnvironment, "path" | "version"> &
    Partial<Pick<PythonEnvironment, "mapped">>;
  /** See `builtinModules`. */
  readonly builtin: ReadonlySet<string>;
  /** Before all else: the folder of the script that runs, and PYTHONPATH. */
  readonly first?: readonly string[];
  /** By group of entry points, the modules that distributions name in it. */
  readonly plugins?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Looks for modules as the interpreter's own finders do (PathFinder over `sys.path`, then over a package's `__path__`):
 * in each folder a package first, then an extension, a source, bytecode; a folder without `__init__` only where no later
 * folder has anything better.
 */
export class ModuleFinder {
  readonly #tree: FileTree;
  readonly #path: readonly string[];
  readonly #suffixes: readonly string[];
  readonly #builtin: ReadonlySet<string>;
  readonly #mapped: ReadonlyMap<string, string>;
  readonly #plugins: ReadonlyMap<string, readonly string[]>;
  readonly #known = new Map<string, FoundModule | undefined>();

  constructor(tree: FileTree, { environment, builtin, first = [], plugins = new Map() }: FinderOptions) {
    this.#tree = tree;
    this.#path = [...first, ...environment.path];
    this.#suffixes = extensionSuffixes(environment.version);
    this.#builtin = builtin;
    this.#mapped = environment.mapped ?? new Map();
    this.#plugins = plugins;
  }

  /** What `importlib.metadata.entry_points(group=…)` leads to. */
  pluginsOf(group: string): readonly string[] {
    return this.#plugins.get(group) ?? [];
  }

  /** `a.b.c`; undefined where it, or a package on the way to it, is not there. */
  find(module: string): FoundModule | undefined {
    const known = this.#known.get(module);
    if (known !== undefined || this.#known.has(module)) return known;
    const found = this.#search(module);
    this.#known.set(module, found);
    return found;
  }

  /**
   * The same for who imports it from a file: a package that carries modules of others puts the folder with them on `sys.path`
   * itself, so what is found nowhere else is looked for there.
   */
  findFrom(module: string, importer: string): FoundModule | undefined {
    const found = this.find(module);
    if (found !== undefined) return found;
    const site = this.#path.find((folder) => importer.startsWith(`${folder}/`));
    const top = site === undefined ? undefined : importer.slice(site.length + 1).split("/")[0];
    if (site === undefined || top === undefined) return undefined;
    for (const package_ of top === "pkg_resources" ? [top, "setuptools"] : [top])
      for (const folder of CARRIED) {
        const carried = this.#carried(module, `${site}/${package_}/${folder}`);
        if (carried !== undefined) return carried;
      }
    return undefined;
  }

  /** Extensions of that name where it is looked for that are for other versions of the interpreter. */
  misfitsOf(module: string): readonly string[] {
    const dot = module.lastIndexOf(".");
    const parent = dot < 0 ? undefined : this.find(module.slice(0, dot));
    const folders =
      dot < 0
        ? this.#path
        : parent?.kind === "package"
          ? [parent.folder]
          : parent?.kind === "namespace"
            ? parent.folders
            : [];
    return folders.flatMap((folder) => {
      const stem = `${folder === "" ? "" : `${folder}/`}${module.slice(dot + 1)}`;
      return OTHER_SUFFIXES.flatMap((suffix) => this.#plain(stem + suffix) ?? []);
    });
  }

  #carried(module: string, folder: string): FoundModule | undefined {
    const [head = "", ...rest] = module.split(".");
    let found = this.#in([folder], head);
    for (const name of rest) {
      if (found?.kind === "package") found = this.#in([found.folder], name);
      else if (found?.kind === "namespace") found = this.#in(found.folders, name);
      else return undefined;
    }
    return found;
  }

  #search(module: string): FoundModule | undefined {
    return this.#onPath(module) ?? this.#byMap(module);
  }

  /** Finders of editable installs are asked when all others have failed; packages above what they name are namespaces. */
  #byMap(module: string): FoundModule | undefined {
    for (const [name, path] of this.#mapped) {
      if (module === name || module.startsWith(`${name}.`)) {
        const at = `${path}${module.slice(name.length).replaceAll(".", "/")}`;
        const init = this.#file(`${at}/__init__`);
        const found =
          init === undefined ? this.#file(at) : { kind: "package" as const, path: init.path, folder: at };
        if (found !== undefined) return found;
      }
      if (name.startsWith(`${module}.`)) return { kind: "namespace", folders: [] };
    }
    return undefined;
  }

  #onPath(module: string): FoundModule | undefined {
    const dot = module.lastIndexOf(".");
    const name = module.slice(dot + 1);
    if (!isName(name)) return undefined;
    // The one module that the standard library gives another name, before anything else is imported.
    if (module === "os.path") return this.find("posixpath");
    if (dot < 0) return this.#builtin.has(name) ? { kind: "builtin" } : this.#in(this.#path, name);
    const parent = this.find(module.slice(0, dot));
    if (parent?.kind === "package") return this.#in([parent.folder], name);
    return parent?.kind === "namespace" ? this.#in(parent.folders, name) : undefined;
  }

  #in(folders: readonly string[], name: string): FoundModule | undefined {
    const portions: string[] = [];
    for (const folder of folders) {
      const at = folder === "" ? name : `${folder}/${name}`;
      const inside = this.#at(at);
      if (inside?.file.type === "directory") {
        const init = this.#file(`${at}/__init__`);
        if (init !== undefined) return { kind: "package", path: init.path, folder: at };
        portions.push(at);
      }
      const file = this.#file(at);
      if (file !== undefined) return file;
    }
    return portions.length === 0 ? undefined : { kind: "namespace", folders: portions };
  }

  #file(
    stem: string,
  ): { readonly kind: "source" | "extension" | "bytecode"; readonly path: string } | undefined {
    for (const suffix of this.#suffixes) {
      const path = this.#plain(stem + suffix);
      if (path !== undefined) return { kind: "extension", path };
    }
    const source = this.#plain(`${stem}.py`);
    if (source !== undefined) return { kind: "source", path: source };
    const bytecode = this.#plain(`${stem}.pyc`);
    return bytecode === undefined ? undefined : { kind: "bytecode", path: bytecode };
  }

  #plain(path: string): string | undefined {
    return this.#at(path)?.file.type === "file" ? path : undefined;
  }

  #at(path: string): Resolved | undefined {
    return this.#tree.resolve(path);
  }
}

/** Folders of a package in which it carries other distributions' modules: setuptools, pip, ray and their like. */
const CARRIED = ["_vendor", "_vendored", "thirdparty_files", "_third_party"];

const MINORS = Array.from({ length: 20 }, (_, minor) => ({ major: 3, minor }));
/** Those of every version; where nothing was found, none of them is of the own one. */
const OTHER_SUFFIXES = MINORS.flatMap((version) => [
  ...taggedSuffixes(version),
  ...taggedSuffixes({ ...version, freeThreaded: true }),
]);

/** As `importlib.machinery.EXTENSION_SUFFIXES` has them on Linux, for any processor. */
function extensionSuffixes(version: PythonEnvironment["version"]): readonly string[] {
  return [...taggedSuffixes(version), ".abi3.so", ".so"];
}

function taggedSuffixes({ major, minor, freeThreaded }: PythonEnvironment["version"]): readonly string[] {
  const tag = `cpython-${major}${minor}${freeThreaded === true ? "t" : ""}`;
  return ["gnu", "musl"].flatMap((libc) =>
    ["x86_64", "aarch64"].map((machine) => `.${tag}-${machine}-linux-${libc}.so`),
  );
}

function isName(text: string): boolean {
  return text !== "" && !/[\s/\0]/.test(text);
}

/** Those that the interpreter makes by other functions than `PyInit_*`, in all versions from 3.8 on. */
const ALWAYS = [
  "builtins",
  "marshal",
  "sys",
  "_frozen_importlib",
  "_frozen_importlib_external",
  "_warnings",
  "__main__",
];

/** What is compiled into an interpreter, by the `PyInit_*` functions that it, or its `libpython`, has. */
export function builtinModules(defined: readonly string[]): ReadonlySet<string> {
  return new Set([...ALWAYS, ...defined]);
}
