import type { ImportContext, PythonImport, PythonSource } from "../python/python-source.ts";
import { Attempts } from "./attempts.ts";
import { faultOf, type ImportFault } from "./import-faults.ts";
import type { FoundModule, ModuleFinder } from "./module-finder.ts";
import { type Importer, Presence } from "./presence.ts";

/**
 * How surely an import happens. `required`: whenever the root is imported. `deferred`: when some function is called.
 * `optional`: its failure is expected, or it stands under a condition.
 */
export type Level = "required" | "deferred" | "optional";

/** Why a module is imported: where that is written; undefined for a root. */
export interface Via {
  readonly module: string;
  readonly path: string;
  readonly line: number;
  /** It asks for a group of entry points, and a distribution names the module in it. */
  readonly group?: string;
}

export interface ReachedModule {
  readonly module: string;
  readonly found: FoundModule;
  readonly level: Level;
  readonly via: Via | undefined;
}

export interface MissingModule {
  readonly module: string;
  readonly level: Level;
  readonly via: Via | undefined;
  /** Plain paths of extensions of that name, for other interpreters. */
  readonly misfits: readonly string[];
}

export interface Reach {
  /** By module. */
  readonly modules: ReadonlyMap<string, ReachedModule>;
  /** Imported, and not there; by module, each once with its surest level. */
  readonly missing: ReadonlyMap<string, MissingModule>;
  /** Names of the extensions, in the order in which importing the roots one after the other opens them; those that are only perhaps, or later, come last. */
  readonly extensions: readonly string[];
  /** Statements that surely run, and fail. */
  readonly faults: readonly ImportFault[];
}

/** A module to import, or a file that is run as a script. */
export interface RootModule {
  readonly module: string;
  readonly level: Level;
  /** Of a script; `module` is then what it is called by. */
  readonly file?: string;
  /** Of a text that is run; `module` is then what a traceback calls it. */
  readonly code?: PythonSource;
  /** A module that runs as `__main__`; a file always does. */
  readonly isRun?: true;
}

/** Surest first: what is reached on one level is not looked at again on a weaker one. */
const LEVELS: readonly Level[] = ["required", "deferred", "optional"];

/** Of the source file at a path; undefined where it was not read. */
export type SourceAt = (path: string) => PythonSource | undefined;

/** All modules that importing `roots` may import, each with the surest way that leads to it, breadth first. */
export function reachModules(roots: readonly RootModule[], finder: ModuleFinder, sourceAt: SourceAt): Reach {
  const modules = new Map<string, ReachedModule>();
  const missing = new Map<string, MissingModule>();
  /** What each surely imports, in order. */
  const imports = new Map<string, readonly string[]>();
  const faults: ImportFault[] = [];
  const { presence, faultAt } = judges(finder, sourceAt);
  const open: Record<Level, Step[]> = { required: [], deferred: [], optional: [] };
  for (const root of roots) {
    const given = givenOf(root);
    const { module, level, isRun } = root;
    open[level].push({ module, given, via: undefined, isRun: isRun === true || given !== undefined });
  }
  const visit = (level: Level, { module, via, given, isRun = false }: Step): void => {
    if (modules.has(module)) return;
    const found = given ?? (via === undefined ? finder.find(module) : finder.findFrom(module, via.path));
    if (found === undefined) {
      const made = isMadeAtRunTime(module, finder, sourceAt);
      const misfits = level === "required" ? finder.misfitsOf(module) : [];
      if (!missing.has(module))
        missing.set(module, { module, level: made ? "optional" : level, via, misfits });
      return;
    }
    modules.set(module, { module, found, level, via });
    const parent = module.lastIndexOf(".");
    if (parent > 0 && given === undefined) open[level].push({ module: module.slice(0, parent), via });
    if (found.kind !== "source" && found.kind !== "package" && found.kind !== "code") return;
    const own: string[] = [];
    const source = sourceOf(found, sourceAt);
    for (const { group, line } of source?.entryPointGroups ?? [])
      for (const plugin of finder.pluginsOf(group))
        open.optional.push({ module: plugin, via: { module, path: found.path, line, group } });
    // What is run by its path is in no package, wherever it lies.
    const inPackage = given === undefined ? packageOf(module, found) : "";
    const importer = { inPackage, path: found.path };
    const attempts = new Attempts(source?.imports ?? [], (each) => presence.of(each, importer));
    for (const each of source?.imports ?? []) {
      const at = attempts.isSure(each.context)
        ? levelOf({ ...each.context, guard: "none" }, isRun)
        : levelOf(each.context, isRun);
      const next = weaker(level, at);
      if (next === undefined) continue;
      const from = { module, path: found.path, line: each.line };
      const fault = next === "required" ? faultAt(each, importer, source) : undefined;
      if (fault !== undefined) faults.push({ ...from, ...fault });
      for (const name of modulesOf(each, inPackage, finder)) {
        open[next].push({ module: name, via: from });
        if (at === "required") own.push(name);
      }
    }
    imports.set(module, own);
  };
  for (const level of LEVELS) {
    const steps = open[level];
    // The list grows while it is walked: that is the breadth-first order.
    for (const step of steps) visit(level, step);
  }
  for (const module of modules.keys()) missing.delete(module);
  return { modules, missing, faults, extensions: extensionOrder(roots, modules, imports) };
}

/** What is run and no module to be found. */
function givenOf({ module, file, code }: RootModule): FoundModule | undefined {
  if (code !== undefined) return { kind: "code", path: module, source: code };
  return file === undefined ? undefined : { kind: "source", path: file };
}

/** Who says of a statement whether what it names is there, and whether it can be. */
function judges(finder: ModuleFinder, sourceAt: SourceAt) {
  const presence = new Presence({
    finder,
    importsOf: (module) => surelyImported(module, finder, sourceAt),
    isMade: (module) => isMadeAtRunTime(module, finder, sourceAt),
    nameOf: (each, { inPackage: from }) => absolute(each.module, from),
  });
  const faultAt = (each: PythonImport, { inPackage, path }: Importer, own: PythonSource | undefined) => {
    const base = absolute(each.module, inPackage);
    const target = base === undefined ? undefined : finder.findFrom(base, path);
    const source = target && sourceOf(target, sourceAt);
    const mayBe = (name: string): boolean =>
      finder.findFrom(name, path) !== undefined || isMadeAtRunTime(name, finder, sourceAt);
    const misfitsOf = (name: string): readonly string[] => finder.misfitsOf(name);
    return faultOf(each, { inPackage, base, found: target, source, own, mayBe, misfitsOf });
  };
  return { presence, faultAt };
}

/** Depth first, as the interpreter runs modules; what only happens later, or perhaps, comes after all that surely happens. */
function extensionOrder(
  roots: readonly RootModule[],
  modules: ReadonlyMap<string, ReachedModule>,
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  const imported = new Set([...imports.values()].flat());
  // A root that others import as well is opened by them, after what they import before it.
  const first = roots.filter(
    ({ module }) => !imported.has(module) || modules.get(module)?.found.kind !== "extension",
  );
  const later = [...modules].flatMap(([module, { level }]) => (level === "required" ? [] : [module]));
  const open = [...later, ...[...first, ...roots].map(({ module }) => module).reverse()];
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    if (seen.has(module)) continue;
    seen.add(module);
    const reached = modules.get(module);
    if (reached === undefined) continue;
    const parents = packagesOf(module).filter((each) => !seen.has(each));
    if (parents.length > 0) {
      // They run before it: it is looked at again when they are done.
      seen.delete(module);
      open.push(module, ...parents.reverse());
      continue;
    }
    if (reached.found.kind === "extension") order.push(module);
    open.push(...[...(imports.get(module) ?? [])].reverse());
  }
  return order;
}

/** `a` and `a.b` of `a.b.c`. */
function packagesOf(module: string): readonly string[] {
  const parts = module.split(".");
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("."));
}

/**
 * Whether a module without a file may be there all the same: one below a plain module (`six.moves`) or below a package that
 * imports what no literal names is put into `sys.modules` by its parent.
 */
function isMadeAtRunTime(module: string, finder: ModuleFinder, sourceAt: SourceAt): boolean {
  const dot = module.lastIndexOf(".");
  const parent = dot < 0 ? undefined : finder.find(module.slice(0, dot));
  if (parent === undefined) return dot > 0 && isMadeAtRunTime(module.slice(0, dot), finder, sourceAt);
  if (parent.kind === "package")
    return (sourceAt(parent.path)?.open ?? []).some(({ what }) => what === "import");
  return parent.kind !== "namespace";
}

/** With its packages; undefined for what is not there, or may fail for what it links to. */
function surelyImported(
  module: string,
  finder: ModuleFinder,
  sourceAt: SourceAt,
): readonly string[] | undefined {
  const found = finder.find(module);
  if (found === undefined || found.kind === "extension" || found.kind === "bytecode") return undefined;
  const source = sourceOf(found, sourceAt);
  const own = (source?.imports ?? []).filter((each) => levelOf(each.context, false) === "required");
  return [...packagesOf(module), ...own.flatMap((each) => modulesOf(each, packageOf(module, found), finder))];
}

interface Step {
  readonly module: string;
  /** A root that is no module to be found. */
  readonly given?: FoundModule | undefined;
  readonly isRun?: boolean;
  readonly via: Via | undefined;
}

/** What a module's own text says; undefined where it has none, or none that was read. */
export function sourceOf(found: FoundModule, sourceAt: SourceAt): PythonSource | undefined {
  if (found.kind === "code") return found.source;
  return "path" in found ? sourceAt(found.path) : undefined;
}

/** Undefined: it never happens. A file that is run is `__main__`; a module may be run as well, by somebody else. */
function levelOf(
  { deferred, typing, guard, branch, main, condition, holds }: ImportContext,
  isRun: boolean,
): Level | undefined {
  if (typing || holds === false) return undefined;
  if (main === true && !isRun) return "optional";
  if (guard !== "none" || branch === true || (condition !== undefined && holds !== true)) return "optional";
  return deferred ? "deferred" : "required";
}

function weaker(one: Level, other: Level | undefined): Level | undefined {
  return other === undefined ? undefined : LEVELS.indexOf(one) > LEVELS.indexOf(other) ? one : other;
}

function packageOf(module: string, found: FoundModule): string {
  return found.kind === "package" ? module : module.slice(0, Math.max(0, module.lastIndexOf(".")));
}

/** `from a import b` imports `a`, and `a.b` where that is a module; else `b` is something in `a`. */
function modulesOf(each: PythonImport, inPackage: string, finder: ModuleFinder): readonly string[] {
  const base = absolute(each.module, inPackage);
  if (base === undefined || base.split(".").includes("") || !NEEDS_MODULE.has(each.how)) return [];
  const inside = each.names
    .filter((name) => name !== "*")
    .map((name) => `${base}.${name}`)
    .filter((name) => finder.find(name) !== undefined);
  return [base, ...inside];
}

/** The others ask whether something is there, and take no for an answer; what they name by a distribution is no module. */
const NEEDS_MODULE: ReadonlySet<PythonImport["how"]> = new Set([
  "import",
  "from",
  "import_module",
  "__import__",
  "resources",
  "run_module",
]);

/** `..x` from within `a.b` is `a.x`; undefined where it leads above the top. */
function absolute(module: string, inPackage: string): string | undefined {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  if (dots === 0) return module;
  const parts = inPackage === "" ? [] : inPackage.split(".");
  if (dots > parts.length) return undefined;
  const rest = module.slice(dots);
  return [...parts.slice(0, parts.length - (dots - 1)), ...(rest === "" ? [] : [rest])].join(".");
}
