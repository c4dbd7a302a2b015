import { LapstrakeError } from "../../core/base/error.ts";
import type { Root } from "../../core/blueprint/blueprint.ts";
import { formatImageRef, type ImageRef } from "../../core/oci/reference.ts";
import type { RootTag } from "../../core/policy/gates/root-tag.ts";
import { pinnedRoot } from "../root-ref.ts";
import type { OpenFleet } from "../tags/open-fleet.ts";
import type { World } from "../world.ts";
import type { ScanPolicy } from "./read-policy.ts";

/** Registries that answer nothing in this time, the root's mirrors included, count as out of reach. */
const REACH_MS = 10_000;

/**
 * Where the tag of each of these roots stands today, by name; one question a root. A root that is not locked has none. Never
 * throws for a registry: that it does not answer is an answer too.
 */
export async function rootTags(
  world: Pick<World, "drain" | "kill">,
  open: Pick<OpenFleet, "fleet" | "registry">,
  { names, policy }: { readonly names: ReadonlySet<string>; readonly policy: ScanPolicy },
): Promise<ReadonlyMap<string, RootTag>> {
  const told = await Promise.all(
    [...names].map(async (name) => [name, await rootTag(world, open, { name, policy })] as const),
  );
  return new Map(told.flatMap(([name, tag]) => (tag === undefined ? [] : [[name, tag]])));
}

async function rootTag(
  world: Pick<World, "drain" | "kill">,
  { fleet, registry }: Pick<OpenFleet, "fleet" | "registry">,
  { name, policy }: { readonly name: string; readonly policy: ScanPolicy },
): Promise<RootTag | undefined> {
  const root = fleet.graph.roots.get(name);
  const pinned = pinnedRoot(fleet, name);
  if (root === undefined || pinned === undefined) return undefined;
  const whyNot = whyUnasked(policy);
  if (whyNot !== undefined) return { state: "unasked", why: whyNot };
  if (pinned.source === "bootstrap")
    return { state: "unasked", why: "it was made by its bootstrap recipe, of which no registry has a tag" };
  if (pinned.image !== formatImageRef(root.image))
    return { state: "unknown", why: `${fleet.lockFile} pins another image than the blueprint names` };
  const found = await standing(world, registry, root);
  if ("why" in found) return { state: "unknown", why: found.why };
  const { ref, digest } = found;
  return digest === pinned.digest ? { state: "same", ref } : { state: "moved", ref, digest };
}

function whyUnasked({ gates, asOf, pinned }: ScanPolicy): string | undefined {
  if (gates.off.base !== undefined) return "the gate is off";
  if (gates.base.roots === "off") return "gates.base.roots is off";
  // A tag tells where it stands today, and nothing of another day.
  return pinned ? `it is judged as of ${asOf}` : undefined;
}

/** In the order in which `lapstrake lock` asks: its own registry, then its mirrors. */
async function standing(
  { drain, kill }: Pick<World, "drain" | "kill">,
  registry: OpenFleet["registry"],
  { image, mirrors }: Root,
) {
  const late = AbortSignal.timeout(REACH_MS);
  const stop = AbortSignal.any([drain, kill]);
  const whys: string[] = [];
  for (const ref of [image, ...mirrors]) {
    const name = formatImageRef(ref);
    try {
      const found = await registry.resolve(ref, { signal: AbortSignal.any([stop, late]) });
      if (found !== undefined) return { ref: name, digest: found.digest };
      whys.push(`${name} does not exist`);
    } catch (error) {
      stop.throwIfAborted();
      whys.push(reasonOf(error, ref, late));
    }
  }
  return { why: whys.join("; ") };
}

/** Known errors are reasons; anything else is a bug and goes on up. */
function reasonOf(error: unknown, { host }: ImageRef, late: AbortSignal): string {
  if (late.aborted) return `${host} did not answer within ${REACH_MS / 1000} s`;
  if (error instanceof LapstrakeError) return error.message;
  throw error;
}
