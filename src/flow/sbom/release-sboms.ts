import { AuditError } from "../../core/audit/error.ts";
import type { ReleasedImage } from "../../core/record/kinds.ts";
import { readTargets } from "../audit/read-targets.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { attachSbom, hasSboms } from "./attach-sbom.ts";
import { SBOM_QUESTIONS, sbomOf } from "./make-sboms.ts";

/** An image that goes without an SBOM, and why. */
export interface WithoutSbom {
  readonly name: string;
  readonly why: string;
}

/**
 * Puts SBOMs beside the images of a release that have none yet; what was released before is not read again. An image whose
 * layers cannot be read as what they are goes without, and that is said; what the registry refuses ends the release.
 */
export async function releaseSboms(
  world: World,
  open: OpenFleet,
  images: readonly Pick<ReleasedImage, "name" | "repository" | "digest">[],
): Promise<readonly WithoutSbom[]> {
  if (open.fleet.blueprint.build.sbom === "off") return [];
  const without: WithoutSbom[] = [];
  for (const { name, repository, digest } of images) {
    world.drain.throwIfAborted();
    const place = { at: { host: open.host, repository }, name, digest };
    if (await hasSboms(open.registry, place, world.kill)) continue;
    const node = open.fleet.graph.nodes.get(name);
    if (node === undefined) continue;
    const target = { node, repository, digest, source: "this release" };
    try {
      const { read } = await readTargets(world, open, { targets: [target], questions: SBOM_QUESTIONS });
      for (const each of read)
        await attachSbom(open.registry, { ...place, sbom: sbomOf(world, each) }, world.kill);
    } catch (thrown) {
      // Its layers, or a database in them, are damaged: no other try would read them.
      if (!(thrown instanceof AuditError)) throw thrown;
      without.push({ name, why: thrown.message });
    }
  }
  return without;
}
