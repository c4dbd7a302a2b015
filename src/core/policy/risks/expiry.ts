import type { Blueprint } from "../../blueprint/blueprint.ts";
import type { ImageGraph } from "../../graph/image-graph.ts";
import { withDependents } from "../../graph/image-graph.ts";
import { quiet, raised, type Sighting, unknown } from "./risk-state.ts";

/** What stands on an image: the images and services that are built on it, and those that are planned on it. */
export function standingOn(
  image: string,
  { graph, blueprint }: { readonly graph: ImageGraph; readonly blueprint: Blueprint },
): readonly string[] {
  const built = withDependents(graph, [image]).filter((name) => name !== image);
  const planned = blueprint.services.flatMap((service) =>
    service.planned && service.family !== undefined && [image, ...built].includes(service.family)
      ? [`${service.name} (planned)`]
      : [],
  );
  return [...built, ...planned];
}

export interface ExpiryFacts {
  readonly image: string;
  /** The last good day and today, YYYY-MM-DD in UTC. */
  readonly until: string;
  readonly today: string;
  /** Undefined where the image itself is gone from the blueprint's graph. */
  readonly standing: readonly string[] | undefined;
}

/** Raised after the last day where something still stands on the image. Days compare as text. */
export function expirySighting({ image, until, today, standing }: ExpiryFacts): Sighting {
  if (standing === undefined) return unknown(`${image} could not be read: nobody knows what stands on it`);
  if (standing.length === 0) return quiet(`nothing stands on ${image} any more`);
  const count = `${standing.length} ${standing.length === 1 ? "stands" : "stand"} on ${image}`;
  if (today > until) return raised(`${count}, which ended on ${until}`, standing);
  return quiet(`${count}, which ends on ${until} (${daysBetween(today, until)} days from now)`, standing);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
