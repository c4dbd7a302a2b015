import type { InstalledPackage, PackageDatabase, Relation } from "./package-database.ts";
import { satisfies } from "./version.ts";

/** `name:architecture`. */
export type PackageKey = string;

export interface Kept {
  readonly package: InstalledPackage;
  /** The kept package that depends on it; undefined for a root. */
  readonly by: PackageKey | undefined;
}

export function keyOf({ name, architecture }: Pick<InstalledPackage, "name" | "architecture">): PackageKey {
  return `${name}:${architecture}`;
}

/** Finds what meets relations among the installed packages. */
export class Dependencies {
  readonly #database: PackageDatabase;
  readonly #byName = new Map<string, InstalledPackage[]>();

  constructor(database: PackageDatabase) {
    this.#database = database;
    for (const each of database.packages.values()) {
      this.#add(each.name, each);
      for (const { name } of each.provides) if (name !== each.name) this.#add(name, each);
    }
  }

  #add(name: string, each: InstalledPackage): void {
    const known = this.#byName.get(name);
    if (known === undefined) this.#byName.set(name, [each]);
    else known.push(each);
  }

  /** Everything that meets it. */
  meeting(relation: Relation): readonly InstalledPackage[] {
    return (this.#byName.get(relation.name) ?? []).filter((each) => meets(each, relation));
  }

  /** What must stay where `roots` stay, breadth first, each with what wants it; alternatives take the first that is installed. */
  closure(roots: Iterable<PackageKey>): ReadonlyMap<PackageKey, Kept> {
    const kept = new Map<PackageKey, Kept>();
    const open: (readonly [PackageKey, PackageKey | undefined])[] = [...roots].map((key) => [key, undefined]);
    // The list grows while it is walked.
    for (const [key, by] of open) {
      const found = this.#database.packages.get(key);
      if (found === undefined || kept.has(key)) continue;
      kept.set(key, { package: found, by });
      for (const group of [...found.preDepends, ...found.depends]) {
        // Where one that is kept already meets it, nothing more is wanted.
        const candidates = group.flatMap((relation) => this.meeting(relation));
        const chosen = candidates.find((each) => kept.has(keyOf(each))) ?? candidates[0];
        if (chosen !== undefined) open.push([keyOf(chosen), key]);
      }
    }
    return kept;
  }

  /** The installed packages that would break without it: whose every way to meet some dependency is this package. */
  dependents(key: PackageKey): readonly InstalledPackage[] {
    return [...this.#database.packages.values()].filter((each) =>
      [...each.preDepends, ...each.depends].some((group) => {
        const candidates = group.flatMap((relation) => this.meeting(relation)).map(keyOf);
        return candidates.length > 0 && candidates.every((candidate) => candidate === key);
      }),
    );
  }

  /** A package with all whose dependencies only it meets: what apt would remove with it. */
  removedWith(key: PackageKey): readonly PackageKey[] {
    const removed = new Set<PackageKey>([key]);
    for (const each of removed) for (const dependent of this.dependents(each)) removed.add(keyOf(dependent));
    removed.delete(key);
    return [...removed].sort();
  }
}

/** A versioned relation is met by a provided name only where that is provided with a version (Debian Policy, 7.5). */
function meets(each: InstalledPackage, { name, version }: Relation): boolean {
  if (each.name === name && (version === undefined || satisfies(each.version, version))) return true;
  return each.provides.some(
    (provided) =>
      provided.name === name &&
      (version === undefined || (provided.version !== undefined && satisfies(provided.version, version))),
  );
}
