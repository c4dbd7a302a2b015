import { type Dependency, type DependencyGraph, isBase, isHard } from "./dependency-graph.ts";
import type { InstalledPackage } from "./package-database.ts";
import { compareDebianVersions, parseDebianVersion } from "./version.ts";

export interface RemovalOptions {
  /** `APT::AutoRemove::RecommendsImportant`: what others recommend stays; apt's own default. */
  readonly recommends?: boolean;
  /** `APT::AutoRemove::SuggestsImportant`: the same of what they suggest; apt's default, which Debian's images turn off. */
  readonly suggests?: boolean;
  /** `APT::NeverAutoRemove`: names that stay although nobody needs them. */
  readonly never?: (name: string) => boolean;
}

export interface Removal {
  /** Ids of those that cannot be without it, sorted; it itself is not among them. */
  readonly broken: readonly string[];
  /**
   * Ids of those that apt installed for others, and that nobody needs any more once these are gone. Undefined where apt's
   * marks are not in the image: then everything may have been asked for.
   */
  readonly unneeded: readonly string[] | undefined;
  /** It, or one of the broken, is of the base: nothing may remove it. */
  readonly base: boolean;
}

/** Answers of one image; what holds for all questions is found out once. */
export interface Removals {
  /** What removing a package would take with it, as `apt-get autoremove NAME` does, where nothing else is installed instead. */
  of(id: string): Removal;
  /** Ids of those that nobody needs even now; undefined without apt's marks. */
  readonly unneeded: readonly string[] | undefined;
}

export function removals(graph: DependencyGraph, options: RemovalOptions = {}): Removals {
  const { packages } = graph.database;
  const dependents = dependentsOf(graph);
  const now = unneededWithout(graph, new Set(), options);
  const isBaseId = (id: string): boolean => {
    const each = packages.get(id);
    return each !== undefined && isBase(each);
  };
  return {
    unneeded: now?.toSorted(),
    of(id) {
      const gone = brokenWithout(dependents, id);
      const known = new Set(now);
      const broken = [...gone].filter((each) => each !== id).toSorted();
      return {
        broken,
        unneeded: unneededWithout(graph, gone, options)
          ?.filter((each) => !known.has(each))
          .toSorted(),
        base: isBaseId(id) || broken.some(isBaseId),
      };
    },
  };
}

interface Dependent {
  readonly id: string;
  readonly candidates: readonly InstalledPackage[];
}

/** By id, whose hard dependencies it may satisfy. */
function dependentsOf(graph: DependencyGraph): ReadonlyMap<string, readonly Dependent[]> {
  const found = new Map<string, Dependent[]>();
  for (const id of graph.database.packages.keys()) {
    for (const dependency of graph.dependenciesOf(id)) {
      if (!isHard(dependency)) continue;
      const dependent = { id, candidates: dependency.candidates };
      for (const each of dependency.candidates) {
        const list = found.get(each.id);
        if (list === undefined) found.set(each.id, [dependent]);
        else list.push(dependent);
      }
    }
  }
  return found;
}

/** With it. What was not satisfied before is not broken by it. */
function brokenWithout(
  dependents: ReadonlyMap<string, readonly Dependent[]>,
  id: string,
): ReadonlySet<string> {
  const gone = new Set([id]);
  // A set is walked to its end, also through what is added on the way.
  for (const each of gone) {
    for (const { id: other, candidates } of dependents.get(each) ?? [])
      if (candidates.every((candidate) => gone.has(candidate.id))) gone.add(other);
  }
  return gone;
}

/** apt marks what is reached from what was asked for, by every alternative that is installed; the rest goes. */
function unneededWithout(
  graph: DependencyGraph,
  gone: ReadonlySet<string>,
  { recommends = true, suggests = true, never = () => false }: RemovalOptions,
): readonly string[] | undefined {
  const packages = [...graph.database.packages.values()];
  if (packages.some(({ automatic }) => automatic === undefined)) return undefined;
  const marked = new Set<string>();
  const open: InstalledPackage[] = [];
  const mark = (each: InstalledPackage): void => {
    if (gone.has(each.id) || marked.has(each.id)) return;
    marked.add(each.id);
    open.push(each);
  };
  for (const each of packages)
    if (each.automatic === false || isBase(each) || each.held || never(each.name)) mark(each);
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    for (const { field, choices } of graph.dependenciesOf(each.id)) {
      if ((field === "Recommends" && !recommends) || (field === "Suggests" && !suggests)) continue;
      for (const choice of choices) for (const target of newestOfSource(choice, gone)) mark(target);
    }
  }
  return packages.map(({ id }) => id).filter((id) => !marked.has(id) && !gone.has(id));
}

/** Of several that one source provides a name with, those of its newest version only. */
function newestOfSource(
  choice: Dependency["choices"][number],
  gone: ReadonlySet<string>,
): readonly InstalledPackage[] {
  const there = choice.filter(({ id }) => !gone.has(id));
  if (there.length < 2) return there;
  return there.filter(
    ({ source }) =>
      !there.some(
        (other) => other.source.name === source.name && isNewer(other.source.version, source.version),
      ),
  );
}

function isNewer(a: string, b: string): boolean {
  const [one, other] = [parseDebianVersion(a), parseDebianVersion(b)];
  return one !== undefined && other !== undefined && compareDebianVersions(one, other) > 0;
}
