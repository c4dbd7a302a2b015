import { z } from "zod";
import { DEFAULT_TAG } from "../tag.ts";
import { BudgetsShape } from "./budgets.ts";
import { BuildShape } from "./build.ts";
import { ChannelsShape } from "./channels.ts";
import { CiShape } from "./ci.ts";
import { DecisionsShape } from "./decisions.ts";
import { GatesShape } from "./gates.ts";
import { ImagesShape } from "./images.ts";
import { MachinesShape } from "./machines.ts";
import { NameShape } from "./name.ts";
import { RegistryShape } from "./place.ts";
import { PlanPlaceShape } from "./plan.ts";
import { RootsShape } from "./roots.ts";
import { ServicesShape } from "./services.ts";
import { TagSchemeShape } from "./tag-scheme.ts";
import { TreePathShape } from "./tree-path.ts";
import { UserShape } from "./user.ts";

/** `lapstrake.yaml` as it is written. The JSON Schema and the reference page are made from it. */
export const BlueprintShape = z
  .strictObject({
    version: z.literal(1).meta({ description: "The version of this format.", examples: [1] }),
    fleet: NameShape.meta({ description: "The name of the fleet.", examples: ["voice-assistant"] }),
    registry: RegistryShape.meta({
      description:
        "Where images are pushed: HOST[:PORT][/NAMESPACE]. The host `local` is the registry that `scripts/engine` started.",
      examples: ["local/example"],
    }),
    tag: TagSchemeShape.default(DEFAULT_TAG).meta({
      description: "The tag of a release. {date} is the UTC date as YYYYMMDD, {sha} the short git sha.",
    }),
    channels: ChannelsShape,
    platforms: z
      .array(
        z.string().regex(/^linux\/[a-z0-9]+(?:\/v[0-9]+)?$/, { error: "a platform such as linux/amd64" }),
      )
      .min(1)
      .default(["linux/amd64"])
      .meta({ description: "The platforms that images are built for." }),
    user: UserShape,
    roots: RootsShape,
    images: ImagesShape,
    services: ServicesShape,
    machines: MachinesShape,
    budgets: BudgetsShape,
    build: BuildShape,
    gates: GatesShape.exactOptional(),
    ci: CiShape,
    guides: z
      .array(TreePathShape)
      .default([])
      .meta({
        description:
          "The documents (Markdown) that people work from. `lapstrake check --plan` holds them against the fleet.",
        examples: [["guide.md"]],
      }),
    decisions: DecisionsShape,
    plan: PlanPlaceShape.exactOptional().meta({
      description: "The phased plan: a map, or the path of a file that has it.",
      examples: ["plan.yaml"],
    }),
  })
  .meta({
    title: "Lapstrake blueprint",
    description: "A fleet of container images, as lapstrake.yaml declares it.",
  });

export type BlueprintShape = z.infer<typeof BlueprintShape>;
