import type { Blueprint } from "../../blueprint/blueprint.ts";
import type { ImageGraph } from "../../graph/image-graph.ts";
import type { BuildCommand } from "../guide/build-commands.ts";
import { type LooseRef, ownImages } from "../guide/image-name.ts";
import type { OpenGuide } from "../guide/open-guide.ts";
import type { ShownDockerfile } from "../guide/shown-dockerfile.ts";
import type { Contradiction } from "./contradiction.ts";
import type { PinList } from "./pins.ts";

/** All that rules look at: what the fleet is, and what its documents say and show. */
export interface PlanFacts {
  readonly blueprint: Blueprint;
  readonly graph: ImageGraph;
  /** The fleet's own Dockerfiles, each once, named by their paths. */
  readonly dockerfiles: readonly ShownDockerfile[];
  readonly guides: readonly OpenGuide[];
  /** What the fleet's files of requirements pin. */
  readonly pins: readonly PinList[];
}

/** Values in, contradictions out. A rule that has nothing to compare finds nothing. */
export type Rule = (facts: PlanFacts) => readonly Contradiction[];

export function allDockerfiles({ dockerfiles, guides }: PlanFacts): readonly ShownDockerfile[] {
  return [...dockerfiles, ...guides.flatMap((guide) => guide.dockerfiles)];
}

export function allCommands({ guides }: PlanFacts): readonly BuildCommand[] {
  return guides.flatMap(({ commands }) => commands);
}

/** Takes a reference apart if it is one of the fleet's images, declared or not. */
export function ownRef(facts: PlanFacts): (ref: string) => LooseRef | undefined {
  return ownImages(facts.blueprint, allCommands(facts));
}

/** The image or service that a Dockerfile is of: as the blueprint has it, else by the name of its folder. */
export function subjectOf({ blueprint }: PlanFacts, path: string): string {
  const declared = [...blueprint.images, ...blueprint.services].find(
    (each) => "dockerfile" in each && each.dockerfile === path,
  );
  return declared?.name ?? path.split("/").at(-2) ?? path;
}
