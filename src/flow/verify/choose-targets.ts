import type { Digest } from "../../core/base/digest.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import { nodeOf } from "../../core/graph/image-graph.ts";
import type { ReleaseBody } from "../../core/record/kinds.ts";
import { newestRelease } from "../last-release.ts";
import { planFleet } from "../plan-fleet.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";

/** An image to verify: which content of it, and why that one. */
export interface Target {
  readonly node: ImageNode;
  readonly repository: string;
  /** Undefined where there is none yet; `source` says why. */
  readonly digest: Digest | undefined;
  readonly identity: Digest | undefined;
  /** Of what it derives from, where that is known. */
  readonly baseDigest: Digest | undefined;
  /** In words: `release 20260304-0123456`. */
  readonly source: string;
}

export interface Targets {
  readonly release: ReleaseBody | undefined;
  readonly targets: readonly Target[];
  /** Images of the fleet that the release does not hold and nobody named. */
  readonly left: readonly string[];
}

export interface TargetOptions {
  /** All as the tree makes them, whatever was released: what a release would be. */
  readonly tree?: boolean;
}

/** The newest release's images; those that are named and not in it, or all before a first release, as the tree makes them. */
export async function chooseTargets(
  world: World,
  open: OpenFleet,
  names: readonly string[],
  { tree = false }: TargetOptions = {},
): Promise<Targets> {
  const { graph } = open.fleet;
  // Unknown names are told before anything is asked.
  const wanted = (names.length === 0 ? [...graph.nodes.keys()] : names).map((name) => nodeOf(graph, name));
  const release = tree ? undefined : await newestRelease(open);
  const held = new Map(release?.images.map((image) => [image.name, image]));
  const released = wanted.flatMap((node): Target[] => {
    const image = held.get(node.name);
    if (image === undefined || release === undefined) return [];
    const { repository, digest, identity } = image;
    return [
      {
        node,
        repository,
        digest,
        identity,
        baseDigest: baseOf(open, node, held),
        source: `release ${release.tag}`,
      },
    ];
  });
  const others = wanted.filter(({ name }) => !held.has(name));
  const isAsked = names.length > 0 || release === undefined;
  return {
    release,
    targets: [...released, ...(isAsked && others.length > 0 ? await treeTargets(world, others) : [])],
    left: isAsked ? [] : others.map(({ name }) => name),
  };
}

function baseOf(
  { fleet }: OpenFleet,
  { base }: ImageNode,
  held: ReadonlyMap<string, { readonly digest: Digest }>,
): Digest | undefined {
  if (base === undefined) return undefined;
  if (base.kind === "image") return held.get(base.name)?.digest;
  const root = fleet.lock?.roots[base.name];
  return root === undefined || "unavailable" in root ? undefined : root.digest;
}

async function treeTargets(world: World, nodes: readonly ImageNode[]): Promise<readonly Target[]> {
  const { plan, fleet } = await planFleet(world, {
    images: nodes.map(({ name }) => name),
    only: false,
    dependents: false,
  });
  const planned = new Map(plan.images.map((image) => [image.name, image]));
  return nodes.flatMap((node): Target[] => {
    const image = planned.get(node.name);
    if (image === undefined) return [];
    const { repository, digest, identity, unavailable } = image;
    const why = unavailable === undefined ? "the tree makes another one, which is not built" : unavailable;
    const { base } = node;
    const root = base?.kind === "root" ? fleet.lock?.roots[base.name] : undefined;
    const rootDigest = root === undefined || "unavailable" in root ? undefined : root.digest;
    return [
      {
        node,
        repository,
        digest,
        identity,
        baseDigest: base?.kind === "image" ? planned.get(base.name)?.digest : rootDigest,
        source: digest === undefined ? why : "what the tree makes",
      },
    ];
  });
}
