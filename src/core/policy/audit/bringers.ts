import { closureOf } from "../../audit/dpkg/closure.ts";
import { type DependencyGraph, isHard } from "../../audit/dpkg/dependency-graph.ts";

/**
 * Packages that nothing uses and somebody asked for, and that something which stays came with: installed without them, it
 * would not be there, though no dependency says that it is needed. By id, with what comes with each. An image without apt's
 * marks has none: whatever is in it counts as asked for.
 */
export function bringers(
  graph: DependencyGraph,
  { unused, stays }: { readonly unused: ReadonlySet<string>; readonly stays: ReadonlySet<string> },
): ReadonlyMap<string, string> {
  const { packages } = graph.database;
  const asked = [...packages.values()].filter(({ automatic }) => automatic !== true).map(({ id }) => id);
  const { kept } = closureOf(
    graph,
    asked.filter((id) => !unused.has(id)),
  );
  const lost = new Set([...stays].filter((id) => !kept.has(id)));
  const found = new Map<string, string>();
  // Each package is walked into once, for the first that leads to it.
  const seen = new Set<string>(kept.keys());
  for (const id of lost.size === 0 ? [] : asked.filter((each) => unused.has(each))) {
    const open = [id];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const dependency of graph.dependenciesOf(at)) {
        if (!isHard(dependency)) continue;
        for (const each of dependency.candidates) {
          if (seen.has(each.id)) continue;
          seen.add(each.id);
          open.push(each.id);
          if (lost.has(each.id) && !found.has(id)) found.set(id, each.name);
        }
      }
    }
  }
  return found;
}
