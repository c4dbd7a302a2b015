import { z } from "zod";
import { GATES } from "../gate-policy.ts";
import { DateShape } from "./date.ts";
import { DigestShape } from "./digest.ts";
import { pattern } from "./leaf.ts";

const sentence = z.string().max(1000).regex(/\S/, { error: "a sentence" });

const WaiverShape = z.strictObject({
  gate: z.enum(GATES).meta({ description: "The gate whose finding it is." }),
  id: pattern(/^[A-Za-z0-9][A-Za-z0-9._:+/~-]*$/, "the id of a finding, such as CVE-2024-1234").meta({
    description: "The finding, as reports name it, or an alias of it.",
    examples: ["CVE-2024-1234"],
  }),
  image: pattern(/^(?:\*|[a-z0-9][a-z0-9._-]*)$/, "the name of an image, or *").meta({
    description: "The image, or `*` for all.",
    examples: ["family-web"],
  }),
  component: z
    .string()
    .min(1)
    .max(1024)
    .exactOptional()
    .meta({
      description:
        "Only this component: a package URL, of every version where it names none; or a path in the image.",
      examples: ["pkg:pypi/jinja2"],
    }),
  digest: DigestShape.exactOptional().meta({ description: "Only this very image." }),
  why: sentence.meta({ description: "Why it may stand for now." }),
  who: sentence.meta({ description: "Who answers for it.", examples: ["fleet owners"] }),
  from: DateShape.meta({
    description: "Its first day, such as the one that it was granted on: before it, it covers nothing.",
    examples: ["2026-03-01"],
  }),
  until: DateShape.meta({ description: "Its last day.", examples: ["2026-05-30"] }),
});

/** The file of waivers as it is written. */
export const WaiversShape = z
  .strictObject({
    version: z.literal(1).meta({ description: "The version of this format." }),
    waivers: z.array(WaiverShape).max(10_000),
  })
  .meta({ title: "Lapstrake waivers", description: "What may stand for a while although a gate denies it." });

export type WaiversShape = z.infer<typeof WaiversShape>;
