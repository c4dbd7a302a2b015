import { z } from "zod";
import { pattern } from "./leaf.ts";
import { NameShape, VariableShape } from "./name.ts";
import { TreePathShape } from "./tree-path.ts";

export const CACHE_MODES = ["none", "min", "max"] as const;

const SecretShape = z
  .strictObject({
    env: VariableShape.exactOptional().meta({
      description: "The environment variable that holds the secret.",
      examples: ["PIP_TOKEN"],
    }),
    file: TreePathShape.exactOptional().meta({
      description: "The file that holds the secret.",
      examples: [".secrets/pip.conf"],
    }),
  })
  .refine((secret) => (secret.env === undefined) !== (secret.file === undefined), {
    error: "exactly one of env and file",
  })
  .transform((secret) => (secret.file === undefined ? { env: secret.env ?? "" } : { file: secret.file }))
  .meta({ minProperties: 1, maxProperties: 1 });

/** The keys that say how a Dockerfile becomes an image: of images and of services that are built. */
export const recipe = {
  dockerfile: TreePathShape.meta({
    description: "The Dockerfile. Parents come from it alone.",
    examples: ["docker/base-images/base-python/Dockerfile"],
  }),
  context: TreePathShape.exactOptional().meta({
    description: "The folder that COPY and ADD read from. Without it, the folder of the Dockerfile.",
    examples: ["."],
  }),
  args: z
    .record(VariableShape, z.string())
    .default({})
    .meta({
      description: "Build arguments. One that the Dockerfile never uses is a finding.",
      examples: [{ BASE_IMAGE: "base-utils" }],
    }),
  target: pattern(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "the name of a stage")
    .exactOptional()
    .meta({ description: "The stage to build. Without it, the last.", examples: ["runtime"] }),
  tier: z.enum(["cpu", "gpu"]).default("cpu").meta({ description: "Which size budget applies." }),
  compression: z
    .enum(["gzip", "zstd"])
    .default("gzip")
    .meta({ description: "How this image's own layers are compressed; its parents' stay as they are." }),
  cache: z
    .enum(CACHE_MODES)
    .exactOptional()
    .meta({
      description:
        "Which layers go to the registry cache: none, those of the image (min), or those of every stage (max). Without it, `build.cache`.",
      examples: ["max"],
    }),
  weight: z
    .int()
    .min(1)
    .max(256)
    .default(1)
    .meta({ description: "How many places of `build.parallelism` this build takes." }),
  secrets: z
    .record(pattern(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "a secret id"), SecretShape)
    .default({})
    .meta({
      description:
        "Secrets for `RUN --mount=type=secret`, by id. Only the ids are part of the build identity, never the values.",
      examples: [{ pip: { env: "PIP_TOKEN" } }],
    }),
  contexts: z
    .record(pattern(/^[A-Za-z0-9][A-Za-z0-9._/:@-]*$/, "the name of a build context"), TreePathShape)
    .default({})
    .meta({
      description: "More folders that `COPY --from` and `FROM` may name.",
      examples: [{ shared: "services/shared" }],
    }),
  parent: NameShape.exactOptional().meta({
    description:
      "The image or root that this is believed to derive from. Checked against the Dockerfile, never obeyed.",
    examples: ["base-utils"],
  }),
  apt: z
    .boolean()
    .exactOptional()
    .meta({
      description:
        "Whether the pinned package index is part of the build identity. Without it, found out from the Dockerfile.",
      examples: [true],
    }),
};

export const ImagesShape = z
  .record(NameShape, z.strictObject(recipe))
  .default({})
  .meta({ description: "The images that others build on. The key is the image's name and its repository." });
