import { AuditError } from "../../core/audit/error.ts";
import type { ReleasedImage } from "../../core/record/kinds.ts";
import { readTargets } from "../audit/read-targets.ts";
import { FlowError } from "../error.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import { attachSbom, hasSboms } from "./attach-sbom.ts";
import { SBOM_QUESTIONS, sbomOf } from "./make-sboms.ts";
import { type PlatformTarget, platformTargets } from "./platform-targets.ts";

/** An image that goes without an SBOM, and why. */
export interface WithoutSbom {
  readonly name: string;
  readonly why: string;
}

/**
 * Puts SBOMs beside the images of a release that have none yet, one for each platform; what was released before is not read again. An image whose
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
    const node = open.fleet.graph.nodes.get(name);
    if (node === undefined) continue;
    const image = { node, repository, digest, source: "this release" };
    const parts = await platformTargets(open, image, world.kill);
    for (const part of parts) {
      const why = await attachTo(world, open, part);
      if (why === undefined) continue;
      without.push({ name, why: parts.length > 1 ? `${part.platform}: ${why}` : why });
    }
  }
  return without;
}

/** Why it goes without; undefined where its SBOM stands beside it. */
async function attachTo(world: World, open: OpenFleet, part: PlatformTarget): Promise<string | undefined> {
  const { node, repository, digest } = part;
  const place = { at: { host: open.host, repository }, name: node.name, digest };
  if (await hasSboms(open.registry, place, world.kill)) return undefined;
  try {
    const { read } = await readTargets(world, open, { targets: [part], questions: SBOM_QUESTIONS });
    for (const each of read)
      await attachSbom(open.registry, { ...place, sbom: sbomOf(world, each) }, world.kill);
    return undefined;
  } catch (thrown) {
    // Its layers, or a database in them, are damaged, or nobody knows such a machine: no other try would read them.
    if (thrown instanceof AuditError) return thrown.message;
    if (thrown instanceof FlowError && thrown.code === "AUDIT_PLATFORM") return thrown.message;
    throw thrown;
  }
}
