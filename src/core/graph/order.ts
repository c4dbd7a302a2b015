/** Nodes in an order in which every node stands after its parents; or the cycles that make one impossible. */
export type Order =
  | { readonly ok: true; readonly names: readonly string[]; readonly levels: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly cycles: readonly (readonly string[])[] };

/**
 * Kahn's algorithm; ties keep the order of the input, so that the result is stable. Level 0 has no parents in the
 * graph. Parents that are not keys of the map are ignored. A cycle is given as its nodes, the first one repeated.
 */
export function topologicalOrder(parents: ReadonlyMap<string, readonly string[]>): Order {
  const children = childrenOf(parents);
  const open = new Map(
    [...parents].map(([name, all]) => [name, new Set(all.filter((parent) => parents.has(parent))).size]),
  );
  const levels = new Map<string, number>();
  const names = [...parents.keys()].filter((name) => open.get(name) === 0);
  for (const name of names) levels.set(name, 0);
  for (const name of names) {
    for (const child of children.get(name) ?? []) {
      levels.set(child, Math.max(levels.get(child) ?? 0, (levels.get(name) ?? 0) + 1));
      const left = (open.get(child) ?? 0) - 1;
      open.set(child, left);
      if (left === 0) names.push(child);
    }
  }
  if (names.length === parents.size) return { ok: true, names, levels };
  const stuck = new Set([...parents.keys()].filter((name) => (open.get(name) ?? 0) > 0));
  return { ok: false, cycles: findCycles(parents, stuck) };
}

/** Children by parent, each once, in the order of the input. */
export function childrenOf(parents: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const children = new Map<string, string[]>();
  for (const [name, all] of parents) {
    for (const parent of new Set(all)) {
      const list = children.get(parent);
      if (list === undefined) children.set(parent, [name]);
      else list.push(name);
    }
  }
  return children;
}

/** One cycle for each knot: walk to stuck parents until a node repeats. */
function findCycles(parents: ReadonlyMap<string, readonly string[]>, stuck: ReadonlySet<string>): string[][] {
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of stuck) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = parents.get(at)?.find((parent) => stuck.has(parent));
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (at !== undefined && from >= 0) cycles.push([...path.slice(from), at]);
  }
  return cycles;
}
