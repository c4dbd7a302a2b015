import { type Digest, parseDigest } from "../../core/base/digest.ts";
import { type ImageGraph, withAncestors } from "../../core/graph/image-graph.ts";
import { Annotation } from "../../core/oci/annotation.ts";
import type { BaseFacts } from "../../core/policy/gates/base.ts";
import type { ScannedImage } from "../../core/policy/gates/gate.ts";
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
): BaseFacts | undefined {
  const { base } = node;
  if (base === undefined) return undefined;
  return {
    kind: base.kind,
    name: base.name,
    stands: parseDigest(annotations[Annotation.baseDigest] ?? ""),
    newest: newestBase,
  };
}

/** Where it has its place in the fleet. */
export function placeOf(
  graph: ImageGraph,
  { node, repository, digest }: ScanTarget,
): Pick<ScannedImage, "name" | "digest" | "repository" | "tier" | "ancestors"> {
  const { name, declared } = node;
  const ancestors = withAncestors(graph, [name]).filter((each) => each !== name);
  // The nearest first.
  return { name, digest, repository, tier: declared.tier, ancestors: ancestors.toReversed() };
}
