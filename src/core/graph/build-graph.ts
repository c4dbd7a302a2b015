import type { SourcePosition } from "../base/error.ts";
import type { Finding } from "../base/finding.ts";
import { suggest } from "../base/suggest.ts";
import type { Blueprint, DeclaredImage, RegistryPlace } from "../blueprint/blueprint.ts";
import type { ResolvedDockerfile } from "../dockerfile/resolved.ts";
import type { ImageGraph, ImageNode, ParentEdge } from "./image-graph.ts";
import { matchParent, type ParentCandidates } from "./match-parent.ts";
import { type Order, topologicalOrder } from "./order.ts";
import { outsideInputs } from "./outside-inputs.ts";

export interface GraphInputs {
  readonly blueprint: Blueprint;
  readonly images: readonly { readonly declared: DeclaredImage; readonly dockerfile: ResolvedDockerfile }[];
  /** Registry hosts that stand for the fleet's own. */
  readonly hosts: readonly string[];
  /** The place that the blueprint declares, where this run has another. */
  readonly declared?: RegistryPlace;
}

export interface GraphResult {
  /** Without the edges that the findings say are wrong; a plan is made only where no finding is an error. */
  readonly graph: ImageGraph;
  readonly findings: readonly Finding[];
}

/** Draws the hierarchy from what the Dockerfiles derive from and copy from (decision 1 of the design). */
export function buildGraph(inputs: GraphInputs): GraphResult {
  const candidates: ParentCandidates = {
    images: new Set(inputs.images.map(({ declared }) => declared.name)),
    roots: inputs.blueprint.roots,
    hosts: inputs.hosts,
    namespace: inputs.blueprint.registry.namespace,
    ...(inputs.declared === undefined ? {} : { declared: inputs.declared }),
  };
  const drafts = inputs.images.map((image) => draft(image, candidates));
  const parents = new Map(drafts.map(({ node }) => [node.name, fleetParents(node)]));
  const order = topologicalOrder(parents);
  const findings = [
    ...drafts.flatMap((each) => each.findings),
    ...outsideInputs(drafts.map(({ node }) => node)),
    ...cycleFindings(order, new Map(drafts.map(({ node }) => [node.name, node]))),
    ...unusedRoots(
      inputs.blueprint,
      drafts.map(({ node }) => node),
    ),
  ];
  return {
    graph: assemble(
      drafts.map(({ node }) => node),
      { order, parents, blueprint: inputs.blueprint },
    ),
    findings,
  };
}

interface Draft {
  readonly node: Omit<ImageNode, "level">;
  readonly findings: readonly Finding[];
}

function draft({ declared, dockerfile }: GraphInputs["images"][number], candidates: ParentCandidates): Draft {
  const findings: Finding[] = dockerfile.findings.map(({ rule, severity, message, at }) => ({
    rule,
    level: severity,
    message,
    at,
  }));
  const parents: ParentEdge[] = [];
  const unknown = new Set<string>();
  for (const external of dockerfile.externals) {
    if (external.named) continue;
    const match = matchParent(external.ref, candidates);
    if (match.kind === "unknown") {
      unknown.add(external.ref);
      findings.push(unknownParent(declared, external, { why: match.why, candidates }));
    } else if (!parents.some((edge) => edge.key === external.ref && edge.name === match.name)) {
      parents.push({
        key: external.ref,
        kind: match.kind,
        name: match.name,
        via: external.via,
        at: external.at,
      });
    }
  }
  const bottom = bottomRef(dockerfile);
  const base = parents.find((edge) => edge.key === bottom);
  findings.push(...argFindings(declared, dockerfile));
  // Where it is not known what the image derives from, that finding is enough.
  if (!unknown.has(bottom ?? "scratch")) findings.push(...drawnParent(declared, base, bottom));
  return { node: { name: declared.name, declared, dockerfile, parents, base }, findings };
}

/** Follows the target stage down to the reference that its first layers come from; undefined for scratch. */
function bottomRef(dockerfile: ResolvedDockerfile): string | undefined {
  let stage = dockerfile.stages.find((each) => each.index === dockerfile.target);
  while (stage?.base.kind === "stage") {
    const { index } = stage.base;
    stage = dockerfile.stages.find((each) => each.index === index);
  }
  return stage?.base.kind === "image" ? stage.base.ref : undefined;
}

function unknownParent(
  declared: DeclaredImage,
  external: { readonly ref: string; readonly via: string; readonly at: SourcePosition },
  { why, candidates }: { why: string; candidates: ParentCandidates },
): Finding {
  const names = [...candidates.images, ...candidates.roots.map((root) => root.name)];
  const like = suggest(external.ref, names) ?? ownLike(external.ref, candidates);
  return {
    rule: "unknown-parent",
    level: "error",
    message: `${declared.name}: ${external.via} ${external.ref}: ${why}`,
    at: external.at,
    hint:
      like === undefined
        ? "declare it under roots:, so that lapstrake.lock can pin it"
        : `did you mean ${like}?`,
  };
}

/** The fleet's own registry, but no image of that name. */
function ownLike(ref: string, { hosts, images }: ParentCandidates): string | undefined {
  if (!hosts.some((host) => ref.startsWith(`${host}/`))) return undefined;
  return suggest(ref.replace(/^.*\//, "").replace(/[:@].*$/, ""), images);
}

function argFindings(declared: DeclaredImage, dockerfile: ResolvedDockerfile): Finding[] {
  return dockerfile.unusedArgs
    .filter((name) => declared.args[name] !== undefined)
    .map((name) => ({
      rule: "unused-argument",
      level: "error",
      message: `${declared.name}: the argument ${name} is passed, but ${declared.dockerfile} declares no ARG ${name}: it would be ignored`,
      at: declared.at,
      hint: `declare \`ARG ${name}\` where it is meant, or take it out of args:`,
    }));
}

/** A parent that the blueprint draws but the Dockerfile does not derive from is a wish, not a fact. */
function drawnParent(
  declared: DeclaredImage,
  base: ParentEdge | undefined,
  bottom: string | undefined,
): Finding[] {
  if (declared.parent === undefined || declared.parent === base?.name) return [];
  return [
    {
      rule: "parent-not-derived-from",
      level: "error",
      message: `${declared.name}: the blueprint draws it under ${declared.parent}, but ${declared.dockerfile} derives from ${base?.name ?? bottom ?? "scratch"}`,
      at: declared.at,
      ...(base === undefined ? {} : { chain: [`${base.at.file}:${base.at.line}: ${base.via} ${base.key}`] }),
    },
  ];
}

function cycleFindings(order: Order, nodes: ReadonlyMap<string, Draft["node"]>): Finding[] {
  if (order.ok) return [];
  return order.cycles.map((cycle) => {
    const steps = cycle.slice(0, -1).map((name, index) => {
      const edge = nodes.get(name)?.parents.find((parent) => parent.name === cycle[index + 1]);
      return { text: `${name} -> ${cycle[index + 1]}`, at: edge?.at };
    });
    const at = steps.find((step) => step.at !== undefined)?.at;
    return {
      rule: "cycle",
      level: "error",
      message: `these images derive from each other: ${cycle.join(" -> ")}`,
      ...(at === undefined ? {} : { at }),
      chain: steps.map(({ text, at }) => (at === undefined ? text : `${at.file}:${at.line}: ${text}`)),
    };
  });
}

function unusedRoots(blueprint: Blueprint, nodes: readonly Draft["node"][]): Finding[] {
  const used = new Set(
    nodes.flatMap((node) => node.parents.filter((edge) => edge.kind === "root").map((edge) => edge.name)),
  );
  return blueprint.roots
    .filter((root) => !used.has(root.name))
    .map((root) => ({
      rule: "unused-root",
      level: "warning",
      message: `no image derives from the root ${root.name}`,
      at: root.at,
    }));
}

function fleetParents(node: Draft["node"]): string[] {
  return [...new Set(node.parents.filter((edge) => edge.kind === "image").map((edge) => edge.name))];
}

function assemble(
  nodes: readonly Draft["node"][],
  {
    order,
    parents,
    blueprint,
  }: { order: Order; parents: ReadonlyMap<string, readonly string[]>; blueprint: Blueprint },
): ImageGraph {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const names = order.ok ? order.names : [...byName.keys()];
  const sorted = names.flatMap((name) => {
    const node = byName.get(name);
    return node === undefined
      ? []
      : [[name, { ...node, level: order.ok ? (order.levels.get(name) ?? 0) : 0 }] as const];
  });
  return {
    nodes: new Map(sorted),
    parents: new Map(names.map((name) => [name, parents.get(name) ?? []])),
    roots: new Map(blueprint.roots.map((root) => [root.name, root])),
  };
}
