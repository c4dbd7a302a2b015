import {
  type Dependency,
  type DependencyField,
  type DependencyGraph,
  isBase,
  isHard,
} from "./dependency-graph.ts";
import type { InstalledPackage } from "./package-database.ts";

/** Why a package is kept: asked for, the base of every Debian, or needed by one that is kept. */
export type KeptBecause =
  | { readonly kind: "root" }
  | { readonly kind: "base" }
  | { readonly kind: "depends"; readonly by: string; readonly field: DependencyField; readonly text: string };

export interface KeptPackage {
  readonly each: InstalledPackage;
  readonly because: KeptBecause;
}

export interface Unmet {
  readonly by: string;
  readonly field: DependencyField;
  readonly text: string;
}

export interface Closure {
  /** By id, in the order in which they were reached: who needs one comes before it. */
  readonly kept: ReadonlyMap<string, KeptPackage>;
  /** What kept packages depend on and nothing installed satisfies. */
  readonly unmet: readonly Unmet[];
}

export interface ClosureOptions {
  /** Recommended packages stay, too. */
  readonly recommends?: boolean;
}

/**
 * The packages that an image must keep for `roots` (ids) to work: theirs, what they depend on, and the base, which nobody
 * may remove. Where several installed packages satisfy a dependency, one that is kept anyhow does; else the first of the
 * text. What has no choice is settled first, so that the answer is small and does not hang on the order of roots.
 */
export function closureOf(
  graph: DependencyGraph,
  roots: Iterable<string>,
  { recommends = false }: ClosureOptions = {},
): Closure {
  const kept = new Map<string, KeptPackage>();
  const unmet: Unmet[] = [];
  const open: InstalledPackage[] = [];
  const choices: { readonly by: string; readonly dependency: Dependency }[] = [];
  // The same choice again is settled by the first who asked.
  const asked = new Set<Dependency["candidates"]>();
  const keep = (each: InstalledPackage, because: KeptBecause): void => {
    if (kept.has(each.id)) return;
    kept.set(each.id, { each, because });
    open.push(each);
  };
  const { packages } = graph.database;
  for (const id of [...roots].sort()) {
    const each = packages.get(id);
    if (each !== undefined) keep(each, { kind: "root" });
  }
  for (const each of packages.values()) if (isBase(each)) keep(each, { kind: "base" });
  let at = 0;
  let chosen = 0;
  while (at < open.length || chosen < choices.length) {
    const each = open[at];
    if (each === undefined) {
      const choice = choices[chosen++];
      if (choice !== undefined) settle(choice, kept, keep);
      continue;
    }
    at++;
    for (const dependency of graph.dependenciesOf(each.id)) {
      if (!isHard(dependency) && !(recommends && dependency.field === "Recommends")) continue;
      const { field, text, candidates } = dependency;
      const [only] = candidates;
      if (only === undefined) {
        if (isHard(dependency)) unmet.push({ by: each.id, field, text });
      } else if (candidates.length === 1) keep(only, { kind: "depends", by: each.id, field, text });
      else if (!asked.has(candidates)) {
        asked.add(candidates);
        choices.push({ by: each.id, dependency });
      }
    }
  }
  return { kept, unmet };
}

/** The ids from a root, or a package of the base, to the package itself. Empty for one that is not kept. */
export function chainTo({ kept }: Closure, id: string): readonly KeptPackage[] {
  const chain: KeptPackage[] = [];
  for (let at = kept.get(id); at !== undefined; ) {
    chain.push(at);
    at = at.because.kind === "depends" ? kept.get(at.because.by) : undefined;
  }
  return chain.reverse();
}

function settle(
  { by, dependency }: { readonly by: string; readonly dependency: Dependency },
  kept: ReadonlyMap<string, KeptPackage>,
  keep: (each: InstalledPackage, because: KeptBecause) => void,
): void {
  const { candidates, field, text } = dependency;
  if (candidates.some(({ id }) => kept.has(id))) return;
  const [first] = candidates;
  if (first !== undefined) keep(first, { kind: "depends", by, field, text });
}
