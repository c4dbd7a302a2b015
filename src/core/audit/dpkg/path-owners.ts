import type { CanonicalPaths } from "./canonical-paths.ts";
import type { InstalledPackage } from "./package-database.ts";
import type { Diversion } from "./read-diversions.ts";

const NOBODY: readonly InstalledPackage[] = [];

/** Where the files of packages lie, and whose a path is. Made when first asked: it holds all paths of a database. */
export class PathOwners {
  readonly #packages: Iterable<InstalledPackage>;
  readonly #paths: CanonicalPaths;
  readonly #diversions: ReadonlyMap<string, Diversion>;
  #owners: ReadonlyMap<string, InstalledPackage | InstalledPackage[]> | undefined;

  constructor(packages: Iterable<InstalledPackage>, diversions: readonly Diversion[], paths: CanonicalPaths) {
    this.#packages = packages;
    this.#paths = paths;
    // By the very path that is recorded: dpkg does not know that `/lib` is `/usr/lib`.
    this.#diversions = new Map(diversions.map((each) => [each.from, each]));
  }

  of(path: string): readonly InstalledPackage[] {
    this.#owners ??= this.#collect();
    const found = this.#owners.get(this.#paths.of(path));
    if (found === undefined) return NOBODY;
    return Array.isArray(found) ? found : [found];
  }

  places(owner: InstalledPackage): readonly string[] {
    return [...new Set(owner.paths.map((path) => this.#place(owner, path)))];
  }

  #place(owner: InstalledPackage, path: string): string {
    const diversion = this.#diversions.get(path);
    const elsewhere = diversion !== undefined && diversion.by !== owner.name;
    return this.#paths.of(elsewhere ? diversion.to : path);
  }

  #collect(): ReadonlyMap<string, InstalledPackage | InstalledPackage[]> {
    const owners = new Map<string, InstalledPackage | InstalledPackage[]>();
    for (const each of this.#packages) {
      for (const path of each.paths) {
        const place = this.#place(each, path);
        const known = owners.get(place);
        if (known === undefined) owners.set(place, each);
        else if (Array.isArray(known)) {
          // A package that spells one path in two ways is one owner; it comes last, since packages come one by one.
          if (known.at(-1) !== each) known.push(each);
        } else if (known !== each) owners.set(place, [known, each]);
      }
    }
    return owners;
  }
}
