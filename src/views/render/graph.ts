import type { ImageGraph, ImageNode } from "../../core/graph/image-graph.ts";
import { childrenOf } from "../../core/graph/order.ts";

export type GraphFormat = "text" | "mermaid" | "dot" | "json";

/** The hierarchy in one of four forms; edges run from what is derived from to what derives. */
export function renderGraph(graph: ImageGraph, format: GraphFormat): string {
  switch (format) {
    case "text":
      return text(graph);
    case "mermaid":
      return mermaid(graph);
    case "dot":
      return dot(graph);
    case "json":
      return `${JSON.stringify(asJson(graph), null, 2)}\n`;
  }
}

/** A tree by FROM; what is only copied from stands behind the name. */
function text(graph: ImageGraph): string {
  const bases = new Map(
    [...graph.nodes.values()].map((node) => [node.name, node.base === undefined ? [] : [node.base.name]]),
  );
  const children = childrenOf(bases);
  const tops = ["scratch", ...graph.roots.keys()];
  const free = [...graph.nodes.values()].filter(({ base }) => base === undefined).map(({ name }) => name);
  children.set("scratch", free);
  const lines: string[] = [];
  const draw = (name: string, indent: string, last: boolean): void => {
    const node = graph.nodes.get(name);
    lines.push(`${indent}${last ? "└─ " : "├─ "}${name}${node === undefined ? "" : copies(node)}`);
    const below = children.get(name) ?? [];
    for (const [index, child] of below.entries())
      draw(child, `${indent}${last ? "   " : "│  "}`, index === below.length - 1);
  };
  for (const top of tops) {
    const below = children.get(top) ?? [];
    if (below.length === 0) continue;
    lines.push(top === "scratch" ? "scratch" : `${top} (root)`);
    for (const [index, child] of below.entries()) draw(child, "", index === below.length - 1);
  }
  return `${lines.join("\n")}\n`;
}

function copies(node: ImageNode): string {
  const others = [
    ...new Set(node.parents.filter(({ name }) => name !== node.base?.name).map(({ name }) => name)),
  ];
  return others.length === 0 ? "" : `  (copies from ${others.join(", ")})`;
}

function mermaid(graph: ImageGraph): string {
  const edges = edgesOf(graph).map(
    ({ from, to, via }) => `  ${id(from)} ${via === "FROM" ? "-->" : "-.->"} ${id(to)}`,
  );
  const nodes = [...graph.roots.keys()].map((root) => `  ${id(root)}([${root}])`);
  const images = [...graph.nodes.keys()].map((name) => `  ${id(name)}[${name}]`);
  return `${["flowchart LR", ...nodes, ...images, ...edges].join("\n")}\n`;
}

function dot(graph: ImageGraph): string {
  const edges = edgesOf(graph).map(
    ({ from, to, via }) => `  "${from}" -> "${to}"${via === "FROM" ? "" : " [style=dashed]"};`,
  );
  const roots = [...graph.roots.keys()].map((root) => `  "${root}" [shape=oval];`);
  const images = [...graph.nodes.keys()].map((name) => `  "${name}";`);
  return `${["digraph fleet {", "  rankdir=LR;", "  node [shape=box];", ...roots, ...images, ...edges, "}"].join("\n")}\n`;
}

function asJson(graph: ImageGraph): unknown {
  return {
    version: 1,
    roots: [...graph.roots.keys()],
    images: [...graph.nodes.values()].map(({ name, level, declared, parents, base }) => ({
      name,
      kind: declared.kind,
      level,
      tier: declared.tier,
      dockerfile: declared.dockerfile,
      base: base?.name ?? null,
      parents: parents.map(({ name: parent, kind, via, at }) => ({ name: parent, kind, via, at })),
    })),
  };
}

function edgesOf(graph: ImageGraph): { from: string; to: string; via: string }[] {
  return [...graph.nodes.values()].flatMap((node) =>
    node.parents.map(({ name, via }) => ({
      from: name,
      to: node.name,
      via: name === node.base?.name ? "FROM" : via,
    })),
  );
}

/** Mermaid takes no dots or dashes in an id. */
function id(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "_");
}
