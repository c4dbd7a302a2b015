import { z } from "zod";
import { DateShape } from "./date.ts";
import { pattern } from "./leaf.ts";

const sentence = z.string().min(1).max(1000);

export const DecisionsShape = z
  .array(
    z.strictObject({
      id: pattern(
        /^[a-z][a-z0-9-]*(?:\/[^\s/]\S*)?$/,
        "the id of a contradiction, RULE/SUBJECT, or a RULE alone",
      ).meta({
        description:
          "What is settled: the id that `lapstrake check --plan` shows. RULE alone settles all that the rule finds.",
        examples: ["unknown-family/family-cpu-pydeps"],
      }),
      decision: sentence.meta({
        description: "What holds from now on.",
        examples: ["services build on base-cpu-pydeps"],
      }),
      who: sentence.meta({ description: "Who decided it.", examples: ["fleet owners"] }),
      when: DateShape.meta({ description: "The day of the decision.", examples: ["2026-03-31"] }),
      why: sentence.meta({ description: "The reason, for those who come later." }),
    }),
  )
  .default([])
  .meta({
    description:
      "Contradictions that somebody settled. They are shown as decided; one that settles nothing is a finding.",
  });
