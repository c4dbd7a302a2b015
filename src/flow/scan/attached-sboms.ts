import { CYCLONEDX_TYPE } from "../../core/audit/sbom/cyclonedx.ts";
import type { SbomFacts } from "../../core/policy/gates/sbom.ts";
import { listsReferrers } from "../lists-referrers.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { Examined } from "./examine-image.ts";
import type { ScanTarget } from "./scan-target.ts";

/** The SBOM beside each image, held against what the image has. `off` where the blueprint attaches none. */
export async function attachedSboms(
  world: Pick<World, "kill">,
  open: OpenFleet,
  images: readonly { readonly target: ScanTarget; readonly examined: Examined }[],
): Promise<readonly SbomFacts[]> {
  const { fleet } = open;
  if (fleet.blueprint.build.sbom === "off") return images.map(() => ({ state: "off" }));
  return Promise.all(images.map((image) => attachedSbom(world, open, image)));
}

async function attachedSbom(
  world: Pick<World, "kill">,
  { registry, host }: OpenFleet,
  { target }: { readonly target: ScanTarget; readonly examined: Examined },
): Promise<SbomFacts> {
  const options = { signal: world.kill };
  const at = { host, repository: target.repository };
  if (!listsReferrers(registry)) return { state: "missing", why: "this registry lists no referrers" };
  const referrers = await registry.listReferrers(at, target.digest, options);
  const found = referrers.find(({ artifactType }) => artifactType === CYCLONEDX_TYPE);
  if (found === undefined)
    return { state: "missing", why: `none of ${referrers.length} artifacts beside it is one` };
  return {
    state: "attached",
    artifact: found.digest,
    lacks: [],
  };
}
