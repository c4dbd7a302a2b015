import { groupBy } from "../base/group-by.ts";

/** Groups of those that share a name, directly or through others: their places in the list, each in one group, in order. */
export function sameNames(lists: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const parents = lists.map((_, index) => index);
  const first = new Map<string, number>();
  for (const [index, names] of lists.entries()) {
    for (const name of names) {
      const known = first.get(name);
      if (known === undefined) first.set(name, index);
      else join(parents, known, index);
    }
  }
  return [...groupBy(parents.keys(), (index) => rootOf(parents, index)).values()];
}

/** The lower place stays the root. */
function join(parents: number[], one: number, other: number): void {
  const [a, b] = [rootOf(parents, one), rootOf(parents, other)];
  parents[Math.max(a, b)] = Math.min(a, b);
}

/** Halves the way while it goes up, so that no chain stays long. */
function rootOf(parents: number[], index: number): number {
  let at = index;
  for (let up = parents[at] ?? at; up !== at; up = parents[at] ?? at) {
    parents[at] = parents[up] ?? up;
    at = up;
  }
  return at;
}
