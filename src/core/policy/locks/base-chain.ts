import type { Root } from "../../blueprint/blueprint.ts";
import type { ImageGraph, ImageNode } from "../../graph/image-graph.ts";

/** A stage of an image's Dockerfile; `stage` is its index in the file. */
export interface StageOf {
  readonly node: ImageNode;
  readonly stage: number;
}

export interface BaseChain {
  /** What the stage stands on, the nearest first: stages of the same Dockerfile, then those of images below. */
  readonly below: readonly StageOf[];
  /** Undefined for `FROM scratch` and for a base that is neither an image of the fleet nor a root. */
  readonly root: Root | undefined;
}

/** Follows a stage through the Dockerfiles down to the root that its first layers come from. */
export function baseChain(graph: ImageGraph, start: StageOf): BaseChain {
  const below: StageOf[] = [];
  const seen = new Set<string>();
  let at = start;
  for (;;) {
    const key = `${at.node.name} ${at.stage}`;
    // Findings of the graph say where a hierarchy goes in circles; here it only has to end.
    if (seen.has(key)) return { below, root: undefined };
    seen.add(key);
    const next = stepDown(graph, at);
    if (next === undefined || "name" in next) return { below, root: next };
    below.push(next);
    at = next;
  }
}

function stepDown(graph: ImageGraph, { node, stage }: StageOf): StageOf | Root | undefined {
  const base = node.dockerfile.stages.find((each) => each.index === stage)?.base;
  if (base?.kind === "stage") return { node, stage: base.index };
  const edge = base?.kind === "image" ? node.parents.find(({ key }) => key === base.ref) : undefined;
  if (edge?.kind === "root") return graph.roots.get(edge.name);
  const parent = edge === undefined ? undefined : graph.nodes.get(edge.name);
  return parent === undefined ? undefined : { node: parent, stage: parent.dockerfile.target };
}
