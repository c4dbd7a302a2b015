import type { Digest } from "../../core/base/digest.ts";
import { DEFAULT_PLATFORM } from "../../core/blueprint/first-platform.ts";
import type { ImageNode } from "../../core/graph/image-graph.ts";
import type { ParseCache } from "../../edge/tree/port.ts";
import type { Fleet } from "../load-fleet.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import { expectedOf } from "../verify/expected-of.ts";
import type { ImageSource } from "../verify/read-stored.ts";
import { createRootLayers, type RootLayers } from "../verify/root-layers.ts";
import type { World } from "../world.ts";
import type { Examination } from "./examine-image.ts";
import { examineOnce } from "./examine-once.ts";
import { targetPlatforms } from "./target-platforms.ts";

/** An image of the fleet whose content is to be judged. */
export interface ExaminedTarget {
  readonly node: ImageNode;
  readonly repository: string;
  readonly digest: Digest;
  readonly identity: Digest | undefined;
  /** Of what it was made of, where that is known. */
  readonly baseDigest: Digest | undefined;
}

/** What is in an image on one platform. */
export interface PlatformExamination {
  /** As OCI writes it. */
  readonly platform: string;
  readonly examination: Examination;
}

/** What is in each image on each of its platforms, in the order asked. Layers are read once ever, and so is what they come to. */
export async function examineTargets(
  world: World,
  open: OpenFleet,
  { targets, memory }: { readonly targets: readonly ExaminedTarget[]; readonly memory: ParseCache },
): Promise<readonly (readonly PlatformExamination[])[]> {
  const { fleet, registry, host } = open;
  const layers = await world.layerReader();
  const rootLayers = createRootLayers(world, open);
  const examined: (readonly PlatformExamination[])[] = [];
  for (const [index, target] of targets.entries()) {
    world.drain.throwIfAborted();
    const { node, repository } = target;
    const message = `${node.name} (${index + 1} of ${targets.length}): looking at its content`;
    world.onEvent({ type: "note", level: "info", message });
    const source = { registry, layers, at: { host, repository }, options: { signal: world.kill } };
    examined.push(await examineTarget(target, { fleet, source, rootLayers, memory, tool: world.version }));
  }
  return examined;
}

interface Examining {
  readonly fleet: Fleet;
  readonly source: ImageSource;
  readonly rootLayers: RootLayers;
  readonly memory: ParseCache;
  /** Version of Lapstrake. */
  readonly tool: string;
}

async function examineTarget(
  target: ExaminedTarget,
  { fleet, source, rootLayers, memory, tool }: Examining,
): Promise<readonly PlatformExamination[]> {
  const { node, digest } = target;
  const { host, repository } = source.at;
  const { platforms } = fleet.blueprint;
  const wanted = platforms.length === 0 ? [DEFAULT_PLATFORM] : platforms;
  const all = await targetPlatforms(source, { digest, wanted, memory });
  if ("why" in all) return [{ platform: wanted.join(", "), examination: { state: "unknown", why: all.why } }];
  const examined: PlatformExamination[] = [];
  for (const platform of all) {
    const expected = { ...expectedOf(fleet, target), rootLayers: await rootLayers(node, platform) };
    const examination = await examineOnce(memory, source, {
      digest,
      platform,
      expected,
      of: { graph: fleet.graph, node },
      repository: `${host}/${repository}`,
      tool,
      sbom: "described",
    });
    examined.push({ platform, examination });
  }
  return examined;
}
