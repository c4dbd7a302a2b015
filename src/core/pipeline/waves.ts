import type { Tier } from "../blueprint/blueprint.ts";
import { type ImageGraph, type ImageNode, withAncestors } from "../graph/image-graph.ts";
import type { MatrixEntry } from "./pipeline.ts";

/**
 * GitHub makes at most 256 jobs of one matrix. Fewer here, so that a fleet that grows by a few images keeps its jobs'
 * names.
 */
const MATRIX_LIMIT = 250;

/** Images that nothing of each other need, on runners of one kind: one job with a matrix. */
export interface Wave {
  readonly id: string;
  readonly tier: Tier;
  readonly images: readonly string[];
  readonly entries: readonly MatrixEntry[];
  /** Ids of the waves that hold what its images derive from or copy from, however far up. */
  readonly needs: readonly string[];
}

export interface WaveOptions {
  /** Only images of this tier, and what they need. */
  readonly tier: Tier | undefined;
  /** Whether images of the two tiers are built by different runners. */
  readonly split: boolean;
}

/** The images of the fleet in waves: each level of the graph, by tier where that has runners of its own, in parts. */
export function wavesOf(graph: ImageGraph, { tier, split }: WaveOptions): readonly Wave[] {
  const chosen = [...graph.nodes.values()].filter(
    ({ declared }) => tier === undefined || declared.tier === tier,
  );
  const names = withAncestors(
    graph,
    chosen.map(({ name }) => name),
  );
  const groups = new Map<string, ImageNode[]>();
  for (const name of names) {
    const node = graph.nodes.get(name);
    if (node === undefined) continue;
    const suffix = split && node.declared.tier === "gpu" ? "-gpu" : "";
    const id = `wave-${node.level + 1}${suffix}`;
    groups.set(id, [...(groups.get(id) ?? []), node]);
  }
  const parts = [...groups].flatMap(([id, nodes]) => inParts(id, nodes));
  const inOrder = parts.toSorted((a, b) => levelOf(a.nodes) - levelOf(b.nodes));
  const home = new Map(inOrder.flatMap(({ id, nodes }) => nodes.map(({ name }) => [name, id] as const)));
  return inOrder.map(({ id, nodes }) => ({
    id,
    tier: id.includes("-gpu") ? "gpu" : "cpu",
    images: nodes.map(({ name }) => name),
    entries: nodes.map(({ name, declared }) => ({ image: name, machine: declared.machine ?? "any" })),
    needs: needsOf(graph, nodes, home),
  }));
}

interface Part {
  readonly id: string;
  readonly nodes: readonly ImageNode[];
}

function inParts(id: string, nodes: readonly ImageNode[]): readonly Part[] {
  if (nodes.length <= MATRIX_LIMIT) return [{ id, nodes }];
  const count = Math.ceil(nodes.length / MATRIX_LIMIT);
  return Array.from({ length: count }, (_, index) => ({
    id: `${id}-part-${index + 1}`,
    nodes: nodes.slice(index * MATRIX_LIMIT, (index + 1) * MATRIX_LIMIT),
  }));
}

function levelOf(nodes: readonly ImageNode[]): number {
  return nodes[0]?.level ?? 0;
}

function needsOf(
  graph: ImageGraph,
  nodes: readonly ImageNode[],
  home: ReadonlyMap<string, string>,
): readonly string[] {
  const own = new Set(nodes.map(({ name }) => name));
  const above = withAncestors(graph, own).flatMap((name) => (own.has(name) ? [] : (home.get(name) ?? [])));
  return [...new Set(above)];
}
