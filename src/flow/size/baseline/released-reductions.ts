import type { Tier } from "../../../core/blueprint/blueprint.ts";
import type { ReducedService } from "../../../core/policy/size/median-reduction.ts";
import { newestRelease } from "../../last-release.ts";
import { openFleet } from "../../tags/open-fleet.ts";
import type { World } from "../../world.ts";
import { readBaseline } from "./baseline-file.ts";
import { readReductions } from "./read-reduction.ts";
import { servicesOf } from "./services.ts";

export interface ReleasedReductions {
  /** The tag of the newest release; undefined before a first one. */
  readonly release: string | undefined;
  /** Of the services that it holds. */
  readonly services: readonly ReducedService[];
}

/** The services of the newest release, each beside what is recorded of it. */
export async function releasedReductions(
  world: World,
  ask: { readonly names: readonly string[]; readonly tier: Tier | undefined },
): Promise<ReleasedReductions> {
  const open = await openFleet(world);
  const release = await newestRelease(open);
  const serviceOf = new Map(
    servicesOf(open.fleet, ask).flatMap(({ service, nodes }) =>
      nodes.map(({ name }) => [name, service] as const),
    ),
  );
  const images = (release?.images ?? [])
    .filter(({ name }) => serviceOf.has(name))
    .map(({ name, repository, digest }) => ({ name, service: serviceOf.get(name), repository, digest }));
  const baseline = await readBaseline(open.fleet);
  return { release: release?.tag, services: await readReductions(world, { open, images, baseline }) };
}
