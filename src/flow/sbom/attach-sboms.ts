import { FlowError } from "../error.ts";
import type { World } from "../world.ts";
import { type AttachedSbom, attachSbom } from "./attach-sbom.ts";
import type { SbomReport } from "./make-sboms.ts";

/** Puts each SBOM beside its image. Throws FlowError SBOM_PLACE before anything is pushed where an image lies in no registry. */
export async function attachSboms(
  world: World,
  { images, settings }: SbomReport,
): Promise<readonly AttachedSbom[]> {
  const places = images.map(({ target: { at, digest, name }, sbom }) => {
    if (at !== undefined && digest !== undefined) return { at, name, digest, sbom };
    throw new FlowError("SBOM_PLACE", `expected images in a registry, found ${name}`, {
      hint: "without --attach, its SBOM is printed or written with --output",
    });
  });
  const registry = world.registry(settings);
  const attached: AttachedSbom[] = [];
  for (const place of places) {
    attached.push(...(await attachSbom(registry, place, world.kill)));
  }
  return attached;
}
