import type { Fleet } from "../load-fleet.ts";

/** Images that cannot be had here, since a root of theirs cannot by the lock, each with the reason. */
export function unavailableImages({
  graph,
  lock,
}: Pick<Fleet, "graph" | "lock">): ReadonlyMap<string, string> {
  const unavailable = new Map<string, string>();
  for (const { name, parents } of graph.nodes.values()) {
    const [why] = parents.flatMap((edge) => {
      if (edge.kind === "image") return unavailable.get(edge.name) ?? [];
      const root = lock?.roots[edge.name];
      return root !== undefined && "unavailable" in root ? `${edge.name}: ${root.unavailable}` : [];
    });
    if (why !== undefined) unavailable.set(name, why);
  }
  return unavailable;
}
