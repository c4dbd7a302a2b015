import type { Digest } from "../../core/base/digest.ts";
import { LapstrakeError } from "../../core/base/error.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import { matchesPlatform, parsePlatform } from "../../core/oci/parse-platform.ts";
import { baseChain } from "../../core/policy/locks/base-chain.ts";
import { type ImageFacts, readImageFacts } from "../image-facts.ts";
import { pinnedRoot, rootRef } from "../root-ref.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";

/** The layers of the root that an image stands on; empty where there is none, or it cannot be read. */
export type RootLayers = (node: ImageNode, platform: string) => Promise<readonly Digest[]>;

/** Each root is asked for once. */
export function createRootLayers(world: World, { fleet, registry, host }: OpenFleet): RootLayers {
  const roots = new Map<string, Promise<ImageFacts | undefined>>();
  const read = async (name: string): Promise<ImageFacts | undefined> => {
    const pinned = pinnedRoot(fleet, name);
    if (pinned === undefined) return undefined;
    try {
      return await readImageFacts(registry, rootRef(fleet, host, name, pinned), world.kill);
    } catch (error) {
      world.kill.throwIfAborted();
      // Its registry is out of reach: every layer counts as the fleet's own, which is the stricter answer.
      if (error instanceof LapstrakeError) return undefined;
      throw error;
    }
  };
  return async (node, platform) => {
    const { root } = baseChain(fleet.graph, { node, stage: node.dockerfile.target });
    if (root === undefined) return [];
    const asked = roots.get(root.name) ?? read(root.name);
    roots.set(root.name, asked);
    const wanted = parsePlatform(platform);
    const parts = (await asked)?.parts ?? [];
    const part = parts.find(({ entry }) => entry === undefined || matchesPlatform(entry, wanted));
    return part?.manifest.layers.map(({ digest }) => digest) ?? [];
  };
}
