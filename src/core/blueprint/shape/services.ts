import { z } from "zod";
import { recipe } from "./images.ts";
import { NameShape } from "./name.ts";

const PortShape = z.int().min(1).max(65535);

const placement = {
  machines: z
    .array(NameShape)
    .default([])
    .meta({
      description:
        "Where it runs. A service on several machines that have a profile is built once for each, as NAME-MACHINE.",
      examples: [["mainpc", "pc2"]],
    }),
  ports: z
    .strictObject({
      service: PortShape.exactOptional().meta({
        description: "The port of its interface.",
        examples: [7200],
      }),
      health: PortShape.exactOptional().meta({ description: "The port of GET /health.", examples: [8200] }),
    })
    .default({})
    .meta({ description: "The ports that it listens on." }),
};

const BuiltServiceShape = z
  .strictObject({
    planned: z
      .literal(false)
      .exactOptional()
      .meta({ description: "Left out, or false, for a service that is built." }),
    ...recipe,
    ...placement,
  })
  .meta({ title: "a service that is built" });

const PlannedServiceShape = z
  .strictObject({
    planned: z
      .literal(true)
      .meta({ description: "Declared, but not built yet: phases and port checks count it." }),
    family: z
      .string()
      .min(1)
      .max(128)
      .exactOptional()
      .meta({
        description: "The image that it will build on, as planned; it need not exist.",
        examples: ["family-web"],
      }),
    ...placement,
    note: z.string().max(1000).exactOptional().meta({ description: "Anything that a reader should know." }),
  })
  .meta({ title: "a planned service" });

export const ServicesShape = z
  .record(NameShape, z.discriminatedUnion("planned", [BuiltServiceShape, PlannedServiceShape]))
  .default({})
  .meta({ description: "What runs on the machines. The key is the service's name and its repository." });
