import { z } from "zod";
import { CheckShape } from "./checks.ts";
import { type Leaf, leaf, pattern } from "./leaf.ts";
import { NameShape } from "./name.ts";
import { PhaseIdShape } from "./phase-id.ts";
import { RisksShape } from "./risks.ts";
import { parseTreePath, TreePathShape } from "./tree-path.ts";

const line = z.string().min(1).max(300);
const paragraph = z.string().min(1).max(4000);
// Ids end up in paths of documents and in operands of commands.
const IdShape = pattern(
  /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/,
  "an id in lower case: letters and digits, with - or _ between them",
);

const DocumentShape = leaf(parseDocumentPattern);

function parseDocumentPattern(text: string): Leaf<string> {
  const expected = "a path with the placeholder {phase}";
  for (const [placeholder] of text.matchAll(/\{[^{}]*\}/g)) {
    if (placeholder !== "{plan}" && placeholder !== "{phase}") {
      return { expected, hint: `${placeholder} is no placeholder; there are {plan} and {phase}` };
    }
  }
  // Otherwise the documents of all phases would be one file.
  return text.includes("{phase}") ? parseTreePath(text) : { expected };
}

const RuleShape = z.strictObject({
  proves: z
    .array(IdShape)
    .min(1)
    .meta({ description: "The constraints of the phase's note that it proves.", examples: [["tagged"]] }),
  perMachine: z.boolean().default(false).meta({
    description:
      "Asked for each machine of the plan, in its order: evidence of a later one cannot come first.",
  }),
  expires: z
    .int()
    .min(1)
    .max(3650)
    .exactOptional()
    .meta({
      description: "Days after which its evidence is stale. Without it, only when its inputs change.",
      examples: [30],
    }),
  check: CheckShape.meta({ description: "What is asked.", examples: [{ kind: "tags-in-scheme" }] }),
});

const PhaseShape = z.strictObject({
  title: line.meta({ description: "Its title.", examples: ["BUILD FOUNDATIONAL BASE IMAGES"] }),
  note: paragraph.exactOptional().meta({
    description: "The IMPORTANT NOTE, verbatim. A sub-phase without one is under its parent's.",
    examples: ["Foundational images must be reproducible."],
  }),
  requires: z
    .array(PhaseIdShape)
    .exactOptional()
    .meta({
      description:
        "Phases that must be done before. Without it, the one before it; its sub-phases always belong to them.",
      examples: [["3"]],
    }),
  constraints: z.record(IdShape, paragraph).meta({
    description: "What the note asks for, one by one: a name, and the words of the note, verbatim.",
    examples: [{ reproducible: "must be reproducible" }],
  }),
  deliverables: z
    .array(line)
    .default([])
    .meta({ description: "What the phase leaves behind.", examples: [["nine images"]] }),
  rules: z.record(IdShape, RuleShape).meta({ description: "By which evidence the constraints are proven." }),
});

/** The phased plan, in the blueprint or in a file of its own. */
export const PlanShape = z
  .strictObject({
    id: IdShape.max(128).meta({
      description: "The plan's name: in documents, in commands, in the ledger.",
      examples: ["docker_blueprint_actionable_20250811"],
    }),
    title: line.meta({ description: "Its title.", examples: ["Docker blueprint, two machines"] }),
    machines: z
      .array(NameShape)
      .default([])
      .meta({
        description: "The machines in the order in which phases apply to them.",
        examples: [["mainpc", "pc2"]],
      }),
    documents: z
      .strictObject({
        postreview: DocumentShape.meta({
          description: "The post-review of phase {phase} of plan {plan}.",
          examples: ["docs/{plan}_phase{phase}_postreview.md"],
        }),
        preanalysis: DocumentShape.meta({
          description: "The pre-analysis for phase {phase}, written at the gate of the phase before it.",
          examples: ["docs/{plan}_phase{phase}_preanalysis.md"],
        }),
      })
      .meta({ description: "Where gate documents lie: patterns of paths." }),
    phases: z.record(PhaseIdShape, PhaseShape).meta({
      description: "The phases in the order in which they are done. `4.1` is a part of `4`.",
    }),
    risks: RisksShape,
  })
  .meta({ title: "the plan" });

export type PlanShape = z.infer<typeof PlanShape>;

/** In the blueprint: the plan itself, or the path of its file. */
export const PlanPlaceShape = z.union([PlanShape, TreePathShape]);
