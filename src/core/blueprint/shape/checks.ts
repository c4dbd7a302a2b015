import { z } from "zod";
import { pattern } from "./leaf.ts";
import { NameShape } from "./name.ts";
import { PhaseIdShape } from "./phase-id.ts";
import { TreePathShape } from "./tree-path.ts";

const reason = z.string().min(1).max(1000);

const NamesShape = z.array(NameShape).min(1);

const images = z
  .union([z.enum(["images", "services", "all"]), NamesShape], {
    error: "images, services, all, or a list of names",
  })
  .meta({
    description:
      "Which images: those of the section `images`, those of `services`, all, or these. A service's name is all that it is built as.",
    examples: ["images"],
  });

const allow = z
  .array(
    z.strictObject({
      images: NamesShape.meta({
        description: "The images that are excepted.",
        examples: [["base-gpu-cu121"]],
      }),
      why: reason.meta({
        description: "Why, for whoever reads the evidence: it is shown with it.",
        examples: ["the first release is about tier cpu"],
      }),
    }),
  )
  .default([])
  .meta({ description: "Images that may be without it. Each use is named with its reason in the evidence." });

const services = NamesShape.meta({ description: "The services.", examples: [["service_registry"]] });

function check<Kind extends string, Keys extends z.ZodRawShape>(kind: Kind, meaning: string, keys: Keys) {
  return z
    .strictObject({ kind: z.literal(kind).meta({ description: meaning }), ...keys })
    .meta({ title: `the check ${kind}` });
}

/** One shape for each kind of `RuleCheck`. */
export const CheckShape = z.discriminatedUnion("kind", [
  check(
    "plan-sound",
    "The plan keeps to its own protocol; blueprint, Dockerfiles and hierarchy have no error.",
    {},
  ),
  check("release-complete", "The newest release holds the images, and each stands in the registry.", {
    images,
    allow,
  }),
  check("tags-in-scheme", "The release's tags stand where it put them; no tag is outside the scheme.", {}),
  check("previous-tags", "Each image that had a predecessor has it under the release's `-prev` tag.", {}),
  check("inventory-in-step", "Blueprint, registry and engine say the same of the release.", {}),
  check(
    "identities-changed-only",
    "Since an earlier phase only these images and their descendants changed.",
    {
      images: NamesShape.meta({
        description: "The images that may change, and all that derive from them.",
        examples: [["family-torch-cu121"]],
      }),
      since: PhaseIdShape.meta({
        description: "The phase on whose release the comparison stands.",
        examples: ["1"],
      }),
    },
  ),
  check("multi-stage", "Each Dockerfile builds in one stage and runs in another.", { images, allow }),
  check("size-budget", "Compressed, no image is over the budget of its tier.", { images }),
  check("size-reduction", "The median image is smaller than a recorded baseline.", {
    images,
    percent: z
      .int()
      .min(1)
      .max(99)
      .meta({ description: "By at least so many percent.", examples: [40] }),
  }),
  check("locks-verified", "Hashes, interpreter and platform of what the images install are right.", {
    images,
  }),
  check(
    "image-verified",
    "User, entrypoint, health check and files are as policy has them, read from the layers.",
    {
      images,
    },
  ),
  check("image-ran", "Run once, the image behaves as policy has it.", { images }),
  check(
    "health-exact",
    'A container of the released image answers GET /health with exactly {"status":"ok"}.',
    {
      services,
    },
  ),
  check("document-present", "A file is there and not empty.", {
    path: TreePathShape.meta({ description: "The file.", examples: ["ROLLBACK_PROCEDURE.md"] }),
  }),
  check("audit", "The native libraries and modules that an image needs are in it.", { images }),
  check("scan", "No known vulnerability of these severities.", {
    images,
    severities: z
      .array(z.enum(["LOW", "MEDIUM", "HIGH", "CRITICAL"]))
      .min(1)
      .meta({ description: "The severities that fail it.", examples: [["HIGH", "CRITICAL"]] }),
  }),
  check("sbom", "A bill of materials is kept for each image.", { images }),
  check("pipeline", "This workflow is the one that the fleet's graph gives.", {
    path: TreePathShape.meta({
      description: "The workflow.",
      examples: [".github/workflows/docker-build.yml"],
    }),
  }),
  check("driver", "The machine's GPU driver is new enough.", {
    atLeast: pattern(/^\d{1,4}(?:\.\d{1,4}){0,2}$/, 'a version in quotes, such as "535"').meta({
      description: "The oldest driver that will do.",
      examples: ["535"],
    }),
  }),
  check("migrated", "The services are built on the fleet's images.", { services }),
  check("cutover", "The services were moved onto the release, with their health watched.", { services }),
  check("startup-report", "The services report their image and bill of materials when they start.", {
    services,
  }),
  check(
    "rollback-drill",
    "The services were taken back and brought forward again, and were healthy both times.",
    {
      services,
    },
  ),
  check("risk-fallbacks", "The fallback of each of these risks was tried.", {
    risks: z
      .array(pattern(/^[A-Z][A-Z0-9-]{0,15}$/, "the id of a risk, such as R1"))
      .min(1)
      .meta({ description: "The risks.", examples: [["R1", "R2"]] }),
  }),
]);
