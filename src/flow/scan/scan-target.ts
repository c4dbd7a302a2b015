import { type Digest, parseDigest } from "../../core/base/digest.ts";
import { type ImageGraph, type ImageNode, withAncestors } from "../../core/graph/image-graph.ts";
import { Annotation } from "../../core/oci/annotation.ts";
import type { BaseFacts } from "../../core/policy/gates/base.ts";
import type { ScannedImage } from "../../core/policy/gates/gate.ts";
import type { RootTag } from "../../core/policy/gates/root-tag.ts";
import { baseChain } from "../../core/policy/locks/base-chain.ts";
import type { Examined } from "./examine-image.ts";
import type { ExaminedTarget } from "./examine-targets.ts";

/** An image to be judged: which content, and which tag it has or is about to be given. */
export interface ScanTarget extends ExaminedTarget {
  /** Of what it stands on, by the newest release or the lock; `of` says which in words. */
  readonly newestBase: { readonly digest: Digest; readonly of: string } | undefined;
  readonly tag: { readonly name: string; readonly released: boolean } | undefined;
}

export function baseFacts(
  { node, newestBase }: ScanTarget,
  { annotations }: Examined,
  roots: ReadonlyMap<string, RootTag>,
): BaseFacts | undefined {
  const { base } = node;
  if (base === undefined) return undefined;
  const tag = base.kind === "root" ? roots.get(base.name) : undefined;
  return {
    kind: base.kind,
    name: base.name,
    stands: parseDigest(annotations[Annotation.baseDigest] ?? ""),
    newest: newestBase,
    ...(tag === undefined ? {} : { tag }),
  };
}

/** Where it has its place in the fleet. */
export function placeOf(
  graph: ImageGraph,
  { node, repository, digest }: ScanTarget,
): Pick<ScannedImage, "name" | "digest" | "repository" | "tier" | "ancestors"> {
  const { name, declared } = node;
  return { name, digest, repository, tier: declared.tier, ancestors: ancestorsOf(graph, node) };
}

/** What it stands on, the nearest first; then what it, or one of those, only copies from. */
function ancestorsOf(graph: ImageGraph, node: ImageNode): readonly string[] {
  const { below } = baseChain(graph, { node, stage: node.dockerfile.target });
  const all = withAncestors(graph, [node.name]).toReversed();
  const names = new Set([...below.map((stage) => stage.node.name), ...all]);
  return [...names].filter((each) => each !== node.name);
}
