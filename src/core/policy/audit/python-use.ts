import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { builtinModules, ModuleFinder } from "../../audit/reach/module-finder.ts";
import { type Reach, type RootModule, reachModules } from "../../audit/reach/reach-modules.ts";
import { variableOf } from "../../oci/variable-of.ts";
import type { AuditFacts } from "./audit-facts.ts";
import { ModuleReasons } from "./reached-files.ts";
import { chainOf, type Reason } from "./reason.ts";
import type { Started, StartedPython } from "./started.ts";

/** What of an environment is reached, and why. */
export interface PythonUse {
  readonly environment: PythonEnvironment;
  readonly reach: Reach;
  readonly reasons: ModuleReasons;
  /** False: nothing of it is started, so everything that was installed counts as wanted. */
  readonly isStarted: boolean;
}

/** Imported by every start of the interpreter, before anything is run. */
const ALWAYS = [
  "encodings",
  "codecs",
  "io",
  "abc",
  "site",
  "os",
  "encodings.utf_8",
  "encodings.aliases",
  "runpy",
];

/** Which modules of an environment an image reaches: from what it starts, or from all that is installed where it starts nothing of it. */
export function pythonUse(facts: AuditFacts, environment: PythonEnvironment, started: Started): PythonUse {
  const startup = started.programs.filter(({ calledAs, path }) =>
    isInterpreter(environment, { calledAs, path }),
  );
  const roots = new Map<string, RootModule & { readonly reason: Reason }>();
  const add = (root: RootModule, reason: Reason): void => {
    const known = roots.get(root.module);
    if (known === undefined || (known.level !== "required" && root.level === "required"))
      roots.set(root.module, { ...root, reason });
  };
  const first: string[] = [];
  if (startup.length > 0) {
    for (const { kind, name, folder, source, isRun, level, isolation, reason } of started.python) {
      const own = kind === "file" ? name.slice(0, Math.max(0, name.lastIndexOf("/"))) : folder;
      if (own !== undefined && isolation.noFolder !== true) first.push(own);
      if (kind === "module") add({ module: name, level, ...(isRun === undefined ? {} : { isRun }) }, reason);
      else if (kind === "file") add({ module: `/${name}`, level, file: name }, reason);
      else if (source !== undefined) add({ module: name, level, code: source }, reason);
    }
  }
  const starts = startup.length > 0 ? started.python : [];
  const isStarted = starts.some(isMeant);
  if (!isStarted || started.isOpen)
    for (const [module, reason] of installedModules(environment)) add({ module, level: "required" }, reason);
  const interpreter: Reason = { what: "interpreter", name: environment.venv ?? environment.interpreter };
  for (const module of ALWAYS) add({ module, level: "required" }, interpreter);
  // `python -m` and servers look in the folder that they are started in.
  if (
    starts.some(({ isolation }) => isolation.noFolder !== true) &&
    (variableOf(facts.config, "PYTHONSAFEPATH") ?? "") === ""
  )
    first.push((facts.config.WorkingDir ?? "/").replace(/^\/+|\/+$/g, ""));
  const isDeaf = starts.length > 0 && starts.every(({ isolation }) => isolation.noVariables === true);
  const finder = finderOf(facts, environment, [...new Set([...first, ...(isDeaf ? [] : pythonPath(facts))])]);
  for (const { module, isRun, reason } of roots.values()) {
    const kind = isRun === true ? finder.find(module)?.kind : undefined;
    if (kind === "package" || kind === "namespace")
      add({ module: `${module}.__main__`, level: "required", isRun: true }, reason);
  }
  const reach = reachModules([...roots.values()], finder, facts.sourceAt);
  const reasons = new ModuleReasons(
    reach,
    new Map([...roots].map(([module, { reason }]) => [module, reason])),
  );
  return { environment, reach, reasons, isStarted };
}

/** A line that asks whether the service is well says nothing of what the image is for. */
function isMeant({ kind, reason }: StartedPython): boolean {
  return kind !== "code" || chainOf(reason)[0]?.what !== "healthcheck";
}

/** Finds modules as an environment's interpreter does; `first` are folders before all others. */
export function finderOf(
  facts: AuditFacts,
  environment: PythonEnvironment,
  first: readonly string[] = [],
): ModuleFinder {
  const builtin = builtinModules(definedModules(facts, environment));
  return new ModuleFinder(facts.tree, { environment, builtin, first, plugins: pluginsOf(environment) });
}

/** Programs are no plugins: who asks for them lists them. */
function pluginsOf({ distributions }: PythonEnvironment): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const first = new Map(distributions.toReversed().map((each) => [each.key, each]));
  for (const each of distributions) {
    // Of two that have one name, Python knows the first.
    const entryPoints = first.get(each.key) === each ? each.entryPoints : [];
    for (const { group, value } of entryPoints) {
      const module = value.replace(/:.*$/s, "").trim();
      if (module === "" || /^(?:console|gui)_scripts$/.test(group)) continue;
      const known = found.get(group);
      if (known === undefined) found.set(group, [module]);
      else known.push(module);
    }
  }
  return found;
}

function isInterpreter(
  { interpreter, venv }: PythonEnvironment,
  { calledAs, path }: { readonly calledAs: string; readonly path: string },
): boolean {
  const folder = (of: string): string => of.slice(0, Math.max(0, of.lastIndexOf("/")));
  if (venv === undefined) return path === interpreter && folder(calledAs) === folder(interpreter);
  // Of a venv of copies, each of its names is one.
  const isCopy = folder(path) === folder(venv) && /\/python(?:3(?:\.\d+t?)?)?$/.test(path);
  return (path === interpreter || isCopy) && folder(calledAs) === folder(venv);
}

/** The top-level modules of all distributions, each for the distribution's sake. */
function* installedModules({ distributions }: PythonEnvironment): Generator<readonly [string, Reason]> {
  for (const distribution of distributions) {
    const reason: Reason = { what: "installed", name: `${distribution.name} ${distribution.version}` };
    for (const module of importNames(distribution)) yield [module, reason];
  }
}

/**
 * What its files can be imported as: packages and modules that lie directly in its folder; where there are none, those that
 * lie in its namespaces.
 */
export function importNames({ files, location }: Distribution): readonly string[] {
  const modules = new Set<string>();
  for (const { path } of files) {
    const inside = path.startsWith(`${location}/`) ? path.slice(location.length + 1) : "";
    const stem = MODULE_FILE.exec(inside)?.[1];
    if (stem !== undefined) modules.add(stem.replace(/\/__init__$/, "").replaceAll("/", "."));
  }
  const packages = [...modules].filter(
    (module) => ![...parentsOf(module)].some((above) => modules.has(above)),
  );
  const direct = packages.filter((module) => !module.includes("."));
  return (direct.length > 0 ? direct : packages).sort();
}

/** Each folder is a name as well. `_x.cpython-311-x86_64-linux-gnu.so`, `_x.abi3.so`. */
const MODULE_FILE = /^((?:[A-Za-z_]\w*\/)*[A-Za-z_]\w*)(?:\.py|\.so|\.[A-Za-z0-9_-]+\.so)$/;

function* parentsOf(module: string): Generator<string> {
  for (let dot = module.lastIndexOf("."); dot > 0; dot = module.lastIndexOf(".", dot - 1))
    yield module.slice(0, dot);
}

/** Modules compiled into the interpreter, or into the `libpython` that it loads. */
function definedModules(facts: AuditFacts, { interpreter, path }: PythonEnvironment): readonly string[] {
  const elf = facts.elfAt(interpreter);
  const library = elf?.needed.find((name) => name.startsWith("libpython"));
  // Beside the standard library: a venv's own copy of the interpreter has none at its side.
  const folder = path[0]?.replace(/\/?[^/]+$/, "") ?? "";
  const inLibrary = library === undefined ? undefined : facts.tree.resolve(`${folder}/${library}`);
  return [
    ...(elf?.pythonModules ?? []),
    ...((inLibrary && facts.elfAt(inLibrary.path)?.pythonModules) ?? []),
  ];
}

function pythonPath({ config }: AuditFacts): readonly string[] {
  return (variableOf(config, "PYTHONPATH") ?? "")
    .split(":")
    .map((folder) => folder.replace(/^\/+|\/+$/g, ""))
    .filter((folder) => folder !== "");
}
