import type { Alternatives, InstalledPackage, PackageDatabase, Relation } from "./package-database.ts";
import { satisfies } from "./version.ts";

export type DependencyField = "Pre-Depends" | "Depends" | "Recommends" | "Suggests";

/** One relation of a package with the installed packages that satisfy it. */
export interface Dependency {
  readonly field: DependencyField;
  /** As the package writes it: `a | b (>= 1)`. */
  readonly text: string;
  /** For each alternative, in the order of the text. */
  readonly choices: readonly (readonly InstalledPackage[])[];
  /** The same as one list, each once. Empty: nothing installed satisfies it. */
  readonly candidates: readonly InstalledPackage[];
}

/** Who of the installed packages needs whom. */
export interface DependencyGraph {
  readonly database: PackageDatabase;
  dependenciesOf(id: string): readonly Dependency[];
}

/** Relations are judged once for all questions, as dpkg judges them (lib/dpkg/depcon.c, deb-virtual): by architecture, version and `Provides`. */
export function dependencyGraph(database: PackageDatabase): DependencyGraph {
  const index = new InstalledIndex(database);
  const known = new Map<string, readonly Dependency[]>();
  for (const each of database.packages.values()) {
    const of = (field: DependencyField, groups: readonly Alternatives[]): readonly Dependency[] =>
      groups.map((group) => {
        const choices = group.map((relation) => index.satisfying(relation, each));
        return { field, text: relationText(group), choices, candidates: [...new Set(choices.flat())] };
      });
    known.set(each.id, [
      ...of("Pre-Depends", each.preDepends),
      ...of("Depends", each.depends),
      ...of("Recommends", each.recommends),
      ...of("Suggests", each.suggests),
    ]);
  }
  return { database, dependenciesOf: (id) => known.get(id) ?? [] };
}

/** What removing a package breaks, and what it must have to be installed. */
export function isHard({ field }: Dependency): boolean {
  return field === "Depends" || field === "Pre-Depends";
}

/** Kept by dpkg or apt whatever depends on it. */
export function isBase(each: InstalledPackage): boolean {
  return each.essential || each.protected || each.priority === "required";
}

export function relationText(group: Alternatives): string {
  return group
    .map(({ name, architecture, version }) => {
      const qualified = architecture === undefined ? name : `${name}:${architecture}`;
      return version === undefined ? qualified : `${qualified} (${version.operator} ${version.version})`;
    })
    .join(" | ");
}

interface Provider {
  readonly each: InstalledPackage;
  readonly version: string | undefined;
}

class InstalledIndex {
  readonly #native: string | undefined;
  readonly #named = new Map<string, InstalledPackage[]>();
  readonly #providers = new Map<string, Provider[]>();

  constructor({ packages, architecture }: PackageDatabase) {
    this.#native = architecture;
    for (const each of packages.values()) {
      push(this.#named, each.name, each);
      for (const { name, version } of each.provides) push(this.#providers, name, { each, version });
    }
  }

  /** Real packages first, then those that provide the name. */
  satisfying(relation: Relation, from: InstalledPackage): readonly InstalledPackage[] {
    const { name, version } = relation;
    const found = new Set<InstalledPackage>();
    for (const each of this.#named.get(name) ?? [])
      if (
        this.#suits(relation, from, each) &&
        (version === undefined || satisfies(each.version, version) === true)
      )
        found.add(each);
    for (const { each, version: provided } of this.#providers.get(name) ?? []) {
      if (!this.#suits(relation, from, each)) continue;
      // What is provided without a version satisfies no relation that asks for one.
      if (version === undefined || (provided !== undefined && satisfies(provided, version) === true))
        found.add(each);
    }
    return [...found];
  }

  #suits({ architecture }: Relation, from: InstalledPackage, target: InstalledPackage): boolean {
    if (target.multiArch === "foreign") return true;
    const own = this.#real(target.architecture);
    if (architecture === "any") return target.multiArch === "allowed" || own === this.#native;
    return own === (architecture === undefined ? this.#real(from.architecture) : this.#real(architecture));
  }

  #real(architecture: string): string | undefined {
    return architecture === "all" || architecture === "" || architecture === "native"
      ? this.#native
      : architecture;
  }
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
