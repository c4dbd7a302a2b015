import { suggest } from "../../../core/base/suggest.ts";
import type { Tier } from "../../../core/blueprint/blueprint.ts";
import type { ImageNode } from "../../../core/graph/image-graph.ts";
import { FlowError } from "../../error.ts";
import type { Fleet } from "../../load-fleet.ts";

/** A service that is built, with its images: one for each machine where a profile is baked in. */
export interface ServiceImages {
  readonly service: string;
  readonly tier: Tier;
  readonly nodes: readonly [ImageNode, ...ImageNode[]];
}

/** Those named, or all; of a tier where one is given. Throws FlowError SERVICE_UNKNOWN. */
export function servicesOf(
  { graph }: Pick<Fleet, "graph">,
  { names, tier }: { readonly names: readonly string[]; readonly tier: Tier | undefined },
): readonly ServiceImages[] {
  const services = new Map<string, ServiceImages>();
  for (const node of graph.nodes.values()) {
    const { service, tier: own } = node.declared;
    if (service === undefined) continue;
    const known = services.get(service);
    services.set(service, {
      service,
      tier: own,
      nodes: known === undefined ? [node] : [...known.nodes, node],
    });
  }
  for (const name of names) {
    if (services.has(name)) continue;
    const like = suggest(name, services.keys());
    throw new FlowError("SERVICE_UNKNOWN", `no service "${name}" is built by this blueprint`, {
      hint: like === undefined ? "`lapstrake graph` lists what is built" : `did you mean ${like}?`,
    });
  }
  const wanted =
    names.length === 0 ? [...services.values()] : names.flatMap((name) => services.get(name) ?? []);
  return wanted.filter((each) => tier === undefined || each.tier === tier);
}
