import type { SourceReader } from "../../core/audit/image/audit-question.ts";
import type { AuditFacts } from "../../core/policy/audit/audit-facts.ts";
import { type AuditSurroundings, auditImage, type BroughtBy } from "../../core/policy/audit/audit-image.ts";
import type { ImageAudit } from "../../core/policy/audit/image-audit.ts";
import { type ImageUse, imageUse } from "../../core/policy/audit/image-use.ts";
import type { LayerOrigin } from "../../core/policy/audit/layer-origins.ts";
import { reachedByPath } from "../../core/policy/audit/reached-by-path.ts";
import type { World } from "../world.ts";
import type { AuditAsk, AuditedTarget } from "./audit-report.ts";
import { findSuppliers } from "./find-suppliers.ts";
import { type AuditedImage, gatherFacts } from "./gather-facts.ts";
import type { ReadTarget } from "./read-targets.ts";

/** An image with what it uses. */
export interface UsedTarget extends Omit<ReadTarget, "image"> {
  readonly use: ImageUse;
  readonly originOf: AuditSurroundings["originOf"];
  /** That its layers were made by. */
  readonly commands: readonly string[];
}

/** Of an image that is judged by itself. */
export const NO_CHILDREN = { children: [], steps: [] };

/** Follows all that an image uses. Throws AuditError where a database of it cannot be read. */
export function usedOf({ image, ...target }: ReadTarget, sources: SourceReader): UsedTarget {
  const { facts, origins } = gatherFacts(image, image.config?.config ?? {}, sources);
  return {
    ...target,
    use: imageUse(facts),
    originOf: broughtBy(origins, image.origins),
    commands: commandsOf(image.origins),
  };
}

/** What is said of it in its surroundings. Asks an archive where libraries are missing. */
export async function auditTarget(
  world: World,
  { name, digest, source, node, machine, use, originOf, commands }: UsedTarget,
  { ask, ...around }: Pick<AuditSurroundings, "children" | "steps" | "machines"> & { readonly ask: AuditAsk },
): Promise<AuditedTarget> {
  const audit = auditImage(use, { ...around, name: node?.name, machine, originOf, commands });
  const ofFleet = node !== undefined;
  return {
    name,
    digest,
    source,
    ofFleet,
    ...(await supply(world, audit, use.facts)),
    ...reachedIn(use, ask),
  };
}

function reachedIn(use: ImageUse, { reached }: AuditAsk): Pick<AuditedTarget, "reached"> {
  return reached ? { reached: reachedByPath(use) } : {};
}

async function supply(
  world: World,
  audit: ImageAudit,
  { tree, packages }: AuditFacts,
): Promise<Pick<AuditedTarget, "audit" | "unasked">> {
  const { audit: supplied, why } = await findSuppliers(
    world.contentsIndex(),
    { audit, tree, architecture: packages?.architecture ?? "amd64" },
    world.kill,
  );
  return why === undefined ? { audit: supplied } : { audit: supplied, unasked: why };
}

function commandsOf(layers: readonly LayerOrigin[]): readonly string[] {
  return layers.flatMap(({ createdBy }) => createdBy ?? []);
}

function broughtBy(packages: AuditedImage["origins"], layers: readonly LayerOrigin[]) {
  return (id: string): BroughtBy | undefined => {
    const layer = packages.get(id)?.layer;
    return layer === undefined ? undefined : { layer, instruction: layers[layer]?.instruction };
  };
}
