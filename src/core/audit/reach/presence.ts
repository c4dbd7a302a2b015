import type { PythonImport } from "../python/python-source.ts";
import type { ModuleFinder } from "./module-finder.ts";

/** What a file is imported as a part of, and where it lies. */
export interface Importer {
  readonly inPackage: string;
  readonly path: string;
}

export interface PresenceOptions {
  readonly finder: ModuleFinder;
  /** Modules that importing one of this name surely imports; undefined where it may fail for another reason, or was not read. */
  readonly importsOf: (module: string) => readonly string[] | undefined;
  /** A module without a file that may be there all the same. */
  readonly isMade: (module: string) => boolean;
  /** The dotted name of a module that a statement names; undefined where it leads above the top. */
  readonly nameOf: (each: PythonImport, importer: Importer) => string | undefined;
}

/** Modules that are looked at for the sake of all attempts together. */
const MAX_LOOKED = 100_000;

/** Whether an import succeeds, as far as files tell. */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #known = new Map<string, boolean>();
  #looked = 0;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** False: it fails. Undefined: that hangs on more than whether modules are there. */
  of(each: PythonImport, importer: Importer): boolean | undefined {
    const { finder, isMade, nameOf } = this.#options;
    if (each.how !== "import" && each.how !== "from") return undefined;
    const base = nameOf(each, importer);
    if (base === undefined) return false;
    if (finder.findFrom(base, importer.path) === undefined) return isMade(base) ? undefined : false;
    const names = each.names.map((name) => `${base}.${name}`);
    // What is no module may be something in it, or not.
    if (names.some((name) => finder.find(name) === undefined)) return undefined;
    return [base, ...names].every((name) => this.#isThere(name)) ? true : undefined;
  }

  /** It is found, and so is all that importing it surely imports. */
  #isThere(module: string): boolean {
    const known = this.#known.get(module);
    if (known !== undefined) return known;
    const seen = new Set([module]);
    let isThere = true;
    for (const each of seen) {
      const imports = ++this.#looked > MAX_LOOKED ? undefined : this.#options.importsOf(each);
      if (imports === undefined) isThere = false;
      if (!isThere) break;
      for (const next of imports ?? []) seen.add(next);
    }
    this.#known.set(module, isThere);
    if (isThere) for (const each of seen) this.#known.set(each, true);
    return isThere;
  }
}
