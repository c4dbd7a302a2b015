import type { Digest } from "../../core/base/digest.ts";
import { firstPlatform } from "../../core/blueprint/first-platform.ts";
import { parsePlatform } from "../../core/oci/parse-platform.ts";
import type { Sizes } from "../../core/policy/size/median-reduction.ts";
import { readImage } from "../audit/read-image.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";

/**
 * Both sizes of an image of the fleet's registry: of its layers as they are stored, and of their archives. A layer is read once
 * ever. Throws what the registry throws, and AuditError.
 */
export async function storedSizes(
  world: World,
  open: Pick<OpenFleet, "fleet" | "host">,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): Promise<Sizes> {
  const { insecure, mirrors } = open.fleet.blueprint.build;
  const { blobs = [], layers } = await readImage(world, {
    place: { kind: "registry", ref: { host: open.host, repository, digest } },
    questions: [],
    platform: parsePlatform(firstPlatform(open.fleet.blueprint)),
    settings: { insecure, mirrors },
  });
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
  return {
    compressed: sum(blobs.map(({ size }) => size)),
    unpacked: sum(layers.map(({ bytes }) => bytes)),
  };
}
