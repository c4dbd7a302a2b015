import type { ElfFacts } from "../elf/elf-facts.ts";
import type { SearchFolder } from "./folders.ts";

/** An object of the process: glibc's link map. */
export interface Loaded {
  /** Where it really lies. */
  readonly path: string;
  /** As the loader writes it. */
  readonly foundAs: string;
  readonly facts: ElfFacts;
  readonly kind: "program" | "loader" | "library";
  /** Undefined for the program and the loader: another path to their files would load them anew. */
  readonly identity: string | undefined;
  /** Whose need loaded it: the chain along which RPATH is handed on. Undefined for what `dlopen` opened, whoever called it. */
  readonly loader: Loaded | undefined;
  /** Path of what needed it first, for the report. */
  readonly by: string | undefined;
  /** What it answers to, besides its soname. */
  readonly names: Set<string>;
  defined?: ReadonlySet<string>;
  folders?: { readonly rpath: readonly SearchFolder[]; readonly runpath: readonly SearchFolder[] };
}

/** The versions that an object has; a set that is made once, since many ask. */
export function definedBy(object: Loaded): ReadonlySet<string> {
  object.defined ??= new Set(object.facts.versionsDefined);
  return object.defined;
}

/** The objects of a process in the loader's order, by what they answer to. The first of two with one name is meant. */
export class LoadedObjects {
  readonly #list: Loaded[] = [];
  readonly #names = new Map<string, Loaded>();
  readonly #files = new Map<string, Loaded>();
  readonly #takenBack: Loaded[] = [];

  get all(): readonly Loaded[] {
    return this.#list;
  }

  get takenBack(): readonly Loaded[] {
    return this.#takenBack;
  }

  named(name: string): Loaded | undefined {
    return this.#names.get(name);
  }

  ofFile(identity: string): Loaded | undefined {
    return this.#files.get(identity);
  }

  add(object: Loaded): void {
    this.#list.push(object);
    this.#index(object);
  }

  /** Another name by which an object was found. */
  rename(object: Loaded, name: string): void {
    object.names.add(name);
    if (!this.#names.has(name)) this.#names.set(name, object);
  }

  /** Filters and auxiliary objects stand before the object that names them. */
  moveBefore(object: Loaded, before: Loaded): void {
    const from = this.#list.indexOf(object);
    if (from < 0 || object === before) return;
    this.#list.splice(from, 1);
    this.#list.splice(Math.max(0, this.#list.indexOf(before)), 0, object);
    this.#indexAll();
  }

  /** What a failed `dlopen` does: all that is not of `kept` goes. */
  keepOnly(kept: ReadonlySet<Loaded>): void {
    this.#takenBack.push(...this.#list.filter((each) => !kept.has(each)));
    const list = this.#list.filter((each) => kept.has(each));
    this.#list.splice(0, this.#list.length, ...list);
    this.#indexAll();
  }

  #indexAll(): void {
    this.#names.clear();
    this.#files.clear();
    for (const object of this.#list) this.#index(object);
  }

  #index(object: Loaded): void {
    const { soname } = object.facts;
    for (const name of soname === undefined ? object.names : [...object.names, soname])
      if (!this.#names.has(name)) this.#names.set(name, object);
    if (object.identity !== undefined && !this.#files.has(object.identity))
      this.#files.set(object.identity, object);
  }
}
