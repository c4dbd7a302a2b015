import type { SourcePosition } from "../base/error.ts";
import { suggest } from "../base/suggest.ts";
import type { DeclaredImage, Root } from "../blueprint/blueprint.ts";
import type { ResolvedDockerfile } from "../dockerfile/resolved.ts";
import { GraphError } from "./error.ts";
import { childrenOf } from "./order.ts";

/** What an image derives from or copies from. */
export interface ParentEdge {
  /** The reference exactly as the Dockerfile has it after expansion: the key of the named context. */
  readonly key: string;
  readonly kind: "image" | "root";
  readonly name: string;
  readonly via: "FROM" | "COPY --from" | "RUN --mount";
  readonly at: SourcePosition;
}

export interface ImageNode {
  readonly name: string;
  readonly declared: DeclaredImage;
  readonly dockerfile: ResolvedDockerfile;
  readonly parents: readonly ParentEdge[];
  /** The edge that the final stage stands on; undefined for `FROM scratch`. */
  readonly base: ParentEdge | undefined;
  /** 0 for images without a parent in the fleet. */
  readonly level: number;
}

/** The hierarchy: nodes in an order in which parents come first. */
export interface ImageGraph {
  readonly nodes: ReadonlyMap<string, ImageNode>;
  /** Names of the fleet's images that each image needs, each once. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly roots: ReadonlyMap<string, Root>;
}

/** The node, or a GraphError that suggests a name. */
export function nodeOf(graph: ImageGraph, name: string): ImageNode {
  const node = graph.nodes.get(name);
  if (node !== undefined) return node;
  const like = suggest(name, graph.nodes.keys());
  throw new GraphError("GRAPH_UNKNOWN_IMAGE", `there is no image "${name}" in the blueprint`, {
    hint: like === undefined ? "`lapstrake graph` lists the images" : `did you mean ${like}?`,
  });
}

/** The named images and all that they need, in topological order. */
export function withAncestors(graph: ImageGraph, names: Iterable<string>): readonly string[] {
  const wanted = new Set(names);
  for (const name of [...graph.nodes.keys()].reverse()) {
    if (wanted.has(name)) for (const parent of graph.parents.get(name) ?? []) wanted.add(parent);
  }
  return [...graph.nodes.keys()].filter((name) => wanted.has(name));
}

/** The named images and all that need them, in topological order. */
export function withDependents(graph: ImageGraph, names: Iterable<string>): readonly string[] {
  const wanted = new Set(names);
  const children = childrenOf(graph.parents);
  for (const name of graph.nodes.keys()) {
    if (wanted.has(name)) for (const child of children.get(name) ?? []) wanted.add(child);
  }
  return [...graph.nodes.keys()].filter((name) => wanted.has(name));
}
