import type { Digest } from "../../../core/base/digest.ts";
import type { Baseline } from "../../../core/blueprint/baseline.ts";
import type { ReducedService, Sizes } from "../../../core/policy/size/median-reduction.ts";
import { ask } from "../../phases/collect/ask.ts";
import type { OpenFleet } from "../../tags/open-fleet.ts";
import type { World } from "../../world.ts";
import { storedSizes } from "../stored-sizes.ts";

export interface StoredImage {
  readonly name: string;
  /** Undefined for an image that no service is built as. */
  readonly service: string | undefined;
  readonly repository: string;
  readonly digest: Digest;
}

/** Each service, or image by itself, with the sizes of its largest image and what is recorded of it. */
export async function readReductions(
  world: World,
  {
    open,
    images,
    baseline,
  }: { readonly open: OpenFleet; readonly images: readonly StoredImage[]; readonly baseline: Baseline },
): Promise<readonly ReducedService[]> {
  const names = [...new Set(images.map(({ name, service }) => service ?? name))];
  const services: ReducedService[] = [];
  for (const service of names) {
    const own = images.filter((each) => (each.service ?? each.name) === service);
    const entry = Object.hasOwn(baseline.services, service) ? baseline.services[service] : undefined;
    // Without a baseline the answer is known; nobody needs to read gigabytes for it.
    const now = entry === undefined ? { why: "it was not read" } : await largestOf(world, open, own);
    services.push({
      service,
      ...("why" in now ? { now: undefined, why: now.why } : { now }),
      baseline: entry,
    });
  }
  return services;
}

async function largestOf(
  world: World,
  open: OpenFleet,
  images: readonly StoredImage[],
): Promise<Sizes | { readonly why: string }> {
  const found: Sizes[] = [];
  for (const image of images) {
    const { answer, why } = await ask(world, () => storedSizes(world, open, image));
    if (answer === undefined) return { why: `${image.name} cannot be read: ${why}` };
    found.push(answer);
  }
  return {
    compressed: Math.max(...found.map(({ compressed }) => compressed)),
    unpacked: Math.max(...found.map(({ unpacked }) => unpacked)),
  };
}
