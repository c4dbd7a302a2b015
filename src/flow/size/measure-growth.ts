import { type ImageGrowth, imageGrowth } from "../../core/policy/size/image-growth.ts";
import type { ImageSize } from "../../core/policy/size/image-size.ts";
import { readTargets } from "../audit/read-targets.ts";
import { ask } from "../phases/collect/ask.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { type EarlierImage, earlierReleases } from "./earlier-releases.ts";
import { type ContentsByLayer, measureTarget, SIZE_QUESTIONS } from "./measure-target.ts";

/** What moved, image by image. */
export interface GrowthReport {
  readonly images: readonly GrownImage[];
  /** Of which nobody can say how large they were. */
  readonly left: readonly { readonly name: string; readonly why: string }[];
}

export interface GrownImage extends ImageGrowth {
  /** The tag of the release that it is compared with; undefined where no earlier one is known. */
  readonly since: string | undefined;
}

export interface GrowthAsk {
  readonly open: OpenFleet;
  /** That the images are of. */
  readonly release: { readonly tag: string } | undefined;
  readonly since: string | undefined;
  readonly images: readonly { readonly size: ImageSize }[];
}

/** Compares images with what earlier releases held of them; what did not change is not read again. */
export async function measureGrowth(
  world: World,
  { open, release, since, images }: GrowthAsk,
): Promise<GrowthReport> {
  const earlier = await earlierReleases(open, { current: release, since });
  const grown: GrownImage[] = [];
  const left: { name: string; why: string }[] = [];
  for (const { size } of images) {
    const { name } = size;
    const held = earlier.of(name);
    const before = await sizeThen(world, open, { size, held });
    if (before !== undefined && "why" in before) left.push({ name, why: before.why });
    else grown.push({ ...imageGrowth(name, { before, after: size }), since: held?.release ?? since });
  }
  return { images: grown, left };
}

interface Compared {
  readonly size: ImageSize;
  readonly held: EarlierImage | undefined;
}

async function sizeThen(
  world: World,
  open: OpenFleet,
  { size, held }: Compared,
): Promise<ImageSize | { readonly why: string } | undefined> {
  if (held === undefined) return undefined;
  if (held.digest === size.digest) return size;
  const node = open.fleet.graph.nodes.get(size.name);
  if (node === undefined) return { why: "it is no image of the fleet any more" };
  const { repository, digest, release } = held;
  const target = { node, repository, digest, source: `release ${release}` } as const;
  const { answer, why } = await ask(world, async () => {
    const { read } = await readTargets(world, open, { targets: [target], questions: SIZE_QUESTIONS });
    // What it held is compared with no other image.
    const unused: ContentsByLayer = new Map();
    return read.map((each) => measureTarget(each, unused));
  });
  return answer?.[0] ?? { why: `${release} cannot be read: ${why ?? "it has no content"}` };
}
