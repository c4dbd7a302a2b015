import { STATUS } from "./database-files.ts";
import { dpkgInvalid } from "./invalid.ts";
import type { Alternatives, InstalledPackage, PackageDatabase, Relation } from "./package-database.ts";
import { satisfies } from "./version.ts";

export type DependencyField = "Pre-Depends" | "Depends" | "Recommends" | "Suggests";

/**
 * One relation of a package with the installed packages that satisfy it. All that ask for the same share the lists: a name that
 * all provide and all depend on costs as many entries as there are packages, where who walks the graph looks at each list once.
 */
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

/** Of relations with packages that may satisfy them. 737 packages make a thousand; a hostile status their number squared. */
const MAX_TRIALS = 1_000_000;

/**
 * Relations are judged once for all questions, as dpkg judges them (lib/dpkg/depcon.c, deb-virtual): by architecture, version
 * and `Provides`. Throws AuditError DPKG_INVALID where there are too many ways to satisfy them.
 */
export function dependencyGraph(database: PackageDatabase): DependencyGraph {
  const index = new InstalledIndex(database);
  const known = new Map<string, readonly Dependency[]>();
  for (const each of database.packages.values()) {
    const of = (field: DependencyField, groups: readonly Alternatives[]): readonly Dependency[] =>
      groups.map((group) => ({ field, ...index.choicesOf(group, each) }));
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
  readonly #known = new Map<string, Omit<Dependency, "field">>();
  #trials = 0;

  constructor({ packages, architecture }: PackageDatabase) {
    this.#native = architecture;
    for (const each of packages.values()) {
      push(this.#named, each.name, each);
      for (const { name, version } of each.provides) push(this.#providers, name, { each, version });
    }
  }

  /** Who asks counts by its architecture alone. */
  choicesOf(group: Alternatives, from: InstalledPackage): Omit<Dependency, "field"> {
    const text = relationText(group);
    const key = `${this.#real(from.architecture) ?? ""} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const choices = group.map((relation) => this.#satisfying(relation, from));
    const found = { text, choices, candidates: [...new Set(choices.flat())] };
    this.#known.set(key, found);
    return found;
  }

  /** Real packages first, then those that provide the name. */
  #satisfying(relation: Relation, from: InstalledPackage): readonly InstalledPackage[] {
    const { name, version } = relation;
    const found = new Set<InstalledPackage>();
    const real = this.#named.get(name) ?? [];
    const providers = this.#providers.get(name) ?? [];
    this.#trials += real.length + providers.length;
    if (this.#trials > MAX_TRIALS)
      throw dpkgInvalid(`more than ${MAX_TRIALS} ways to satisfy relations`, { file: STATUS, line: 1 });
    for (const each of real)
      if (
        this.#suits(relation, from, each) &&
        (version === undefined || satisfies(each.version, version) === true)
      )
        found.add(each);
    for (const { each, version: provided } of providers) {
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
