import type { Digest } from "../../core/base/digest.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import { expectedOf } from "../verify/expected-of.ts";
import { createRootLayers } from "../verify/root-layers.ts";
import type { World } from "../world.ts";
import type { Examination } from "./examine-image.ts";
import { examineOnce } from "./examine-once.ts";

/** An image of the fleet whose content is to be judged. */
export interface ExaminedTarget {
  readonly node: ImageNode;
  readonly repository: string;
  readonly digest: Digest;
  readonly identity: Digest | undefined;
  /** Of what it was made of, where that is known. */
  readonly baseDigest: Digest | undefined;
}

/** What is in each image, in the order asked. Layers are read once ever, and so is what they come to. */
export async function examineTargets(
  world: World,
  open: OpenFleet,
  { targets, memory }: { readonly targets: readonly ExaminedTarget[]; readonly memory: ParseCache },
): Promise<readonly Examination[]> {
  const { fleet, registry, host } = open;
  const layers = await world.layerReader();
  const rootLayers = createRootLayers(world, open);
  const [platform = "linux/amd64"] = fleet.blueprint.platforms;
  const examinations: Examination[] = [];
  for (const [index, target] of targets.entries()) {
    world.drain.throwIfAborted();
    const { node, repository, digest } = target;
    const message = `${node.name} (${index + 1} of ${targets.length}): looking at its content`;
    world.onEvent({ type: "note", level: "info", message });
    const at = { host, repository };
    examinations.push(
      await examineOnce(
        memory,
        { registry, layers, at, options: { signal: world.kill } },
        {
          digest,
          platform,
          expected: { ...expectedOf(fleet, target), rootLayers: await rootLayers(node, platform) },
          of: { graph: fleet.graph, node },
          repository: `${host}/${repository}`,
          tool: world.version,
          sbom: "described",
        },
      ),
    );
  }
  return examinations;
}
