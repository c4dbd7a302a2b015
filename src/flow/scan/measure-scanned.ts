import { firstPlatform } from "../../core/blueprint/first-platform.ts";
import type { ScanReport } from "../../core/policy/gates/gate.ts";
import { type FleetSize, measureFleet } from "../../core/policy/size/fleet-size.ts";
import { ask } from "../phases/collect/ask.ts";
import { type LeftImage, measureOne, type SizedImage } from "../size/measure-images.ts";
import type { ContentsByLayer } from "../size/measure-target.ts";
import { type OpenFleet, openFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";

/** What the bytes of scanned images are. */
export interface ScannedSizes {
  /** The tag of the release that they are of. */
  readonly release: string | undefined;
  readonly images: readonly SizedImage[];
  readonly fleet: FleetSize;
  /** Images that could not be measured. */
  readonly left: readonly LeftImage[];
  /** Of the numbers, as OCI writes it: the first of the fleet. */
  readonly platform: string;
  /** Platforms of the fleet that were not measured. */
  readonly others: readonly string[];
}

/**
 * Measures the very images of a report, from the layers that are kept. It is a picture beside the verdicts: what cannot be
 * read is told, and fails nothing.
 */
export async function measureScanned(
  world: World,
  { images, release }: Pick<ScanReport, "images" | "release">,
): Promise<ScannedSizes> {
  const open = await openFleet(world);
  const contents: ContentsByLayer = new Map();
  const sized: SizedImage[] = [];
  const left: LeftImage[] = [];
  for (const [index, image] of images.entries()) {
    const message = `${image.name} (${index + 1} of ${images.length}): measuring it for the page`;
    world.onEvent({ type: "note", level: "info", message });
    const measured = await sizeOf(world, { open, image, contents });
    if ("why" in measured) left.push(measured);
    else sized.push(measured);
  }
  const { blueprint } = open.fleet;
  return {
    platform: firstPlatform(blueprint),
    others: blueprint.platforms.slice(1),
    release: release ?? undefined,
    images: sized,
    fleet: measureFleet(
      sized.map(({ size }) => size),
      contents,
    ),
    left,
  };
}

interface Measuring {
  readonly open: OpenFleet;
  readonly image: ScanReport["images"][number];
  readonly contents: ContentsByLayer;
}

async function sizeOf(world: World, { open, image, contents }: Measuring): Promise<SizedImage | LeftImage> {
  const { name, repository, digest } = image;
  const node = open.fleet.graph.nodes.get(name);
  if (node === undefined || repository === undefined)
    return { name, why: "it is no image of the fleet any more" };
  const target = { node, repository, digest, source: "the scanned image" };
  const { answer, why } = await ask(world, () => measureOne(world, { open, target, contents }));
  return answer ?? { name, why: why ?? "nobody knows" };
}
