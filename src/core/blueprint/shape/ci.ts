import { z } from "zod";
import { type ImageRef, parseImageRef } from "../../oci/reference.ts";
import { type Leaf, leaf, pattern } from "./leaf.ts";
import { RegistryShape } from "./place.ts";
import { TreePathShape } from "./tree-path.ts";

const CheckoutShape = z
  .strictObject({
    kind: z
      .literal("checkout")
      .meta({ description: "Lapstrake's source lies in the repository of the fleet, and is built there." }),
    path: TreePathShape.default(".").meta({
      description: "The folder of its source, relative to the top of the repository.",
      examples: ["tools/lapstrake"],
    }),
  })
  .meta({ title: "built from a checkout" });

const PackageShape = z
  .strictObject({
    kind: z.literal("package").meta({
      description: "It is installed by npm from a lock of the repository, without install scripts.",
    }),
    path: TreePathShape.default(".").meta({
      description:
        "The folder, relative to the top of the repository, whose package.json and package-lock.json name it.",
      examples: ["tools/lapstrake"],
    }),
  })
  .meta({ title: "an npm package" });

const ContainerShape = z
  .strictObject({
    kind: z.literal("image").meta({
      description:
        "Each job runs in a container of an image that has lapstrake, git and the docker client on PATH.",
    }),
    image: leaf(parsePinned).meta({
      description: "The image, by digest.",
      examples: [`ghcr.io/example/lapstrake@sha256:${"0".repeat(64)}`],
    }),
  })
  .meta({ title: "a container image" });

function parsePinned(text: string): Leaf<ImageRef> {
  const expected = "an image by digest, such as ghcr.io/example/lapstrake@sha256:…";
  try {
    const ref = parseImageRef(text);
    if (ref.digest !== undefined) return { value: ref };
    return { expected, hint: "a tag may be moved, and the job has the right to push: name the digest" };
  } catch {
    return { expected };
  }
}

const LabelsShape = z
  .array(pattern(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "the label of a runner, such as ubuntu-24.04"))
  .min(1)
  .default(["ubuntu-24.04"]);

const SecretNameShape = pattern(
  /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/,
  "the name of a secret: A to Z, digits and _, not beginning with GITHUB_",
);

const CronShape = pattern(
  /^(?:[\d*][\d*,/-]*|[A-Z]{3}(?:[,-][A-Z]{3})*)(?: (?:[\d*][\d*,/-]*|[A-Z]{3}(?:[,-][A-Z]{3})*)){4}$/,
  'five fields of cron, such as "17 4 * * *"',
);

const prune = z
  .strictObject({
    keep: z
      .int()
      .min(1)
      .max(1000)
      .default(10)
      .meta({ description: "Releases that stay whatever their age." }),
    olderThan: z
      .int()
      .min(0)
      .max(3650)
      .default(30)
      .meta({ description: "Days that what nothing needs stays at least." }),
    token: SecretNameShape.default("LAPSTRAKE_PRUNE_TOKEN").meta({
      description:
        "On GHCR, the secret that holds a classic token with read:packages and delete:packages: the workflow's own token may not delete.",
    }),
  })
  .prefault({})
  .meta({ description: "The registry's clean-up, after the rescan." });

export const CiShape = z
  .strictObject({
    lapstrake: z
      .discriminatedUnion("kind", [CheckoutShape, PackageShape, ContainerShape], {
        error: ({ code }) => (code === "invalid_union" ? '"checkout", "package" or "image"' : undefined),
      })
      .meta({ description: "How a runner gets lapstrake." }),
    registry: RegistryShape.exactOptional().meta({
      description:
        "Where CI pushes, instead of `registry`; needed where that is `local`, since the jobs of a workflow run on different machines.",
      examples: ["ghcr.io/example"],
    }),
    lock: z.enum(["committed", "fresh"]).default("committed").meta({
      description:
        "`fresh`: `lapstrake.lock` is not in git; the plan makes it where it is missing and hands it to the other jobs.",
    }),
    tier: z
      .enum(["cpu", "gpu"])
      .exactOptional()
      .meta({
        description: "Only images of this tier, and what they need. Without it, all.",
        examples: ["cpu"],
      }),
    branches: z
      .array(pattern(/^[A-Za-z0-9._/*-]+$/, "the name of a branch"))
      .min(1)
      .default(["main"])
      .meta({ description: "The branches whose pushes are built and released." }),
    pullRequests: z.boolean().default(true).meta({
      description:
        "Whether pull requests are checked and planned. They are never built: nothing is pushed for them.",
    }),
    runners: z
      .strictObject({
        cpu: LabelsShape.meta({ description: "Labels of the runners of all other jobs." }),
        gpu: LabelsShape.meta({
          description: "Labels of the runners that build images of the tier gpu.",
          examples: [["self-hosted", "linux", "x64"]],
        }),
      })
      .prefault({})
      .meta({ description: "Which runners jobs run on." }),
    timeout: z
      .int()
      .min(1)
      .max(4320)
      .default(120)
      .meta({ description: "Minutes after which a job is given up." }),
    login: SecretNameShape.exactOptional().meta({
      description:
        "The secret that holds a login to the registry, as Docker's config.json has it (`auths`). GHCR needs none: it takes the workflow's own token.",
      examples: ["REGISTRY_LOGIN"],
    }),
    environment: pattern(/^[A-Za-z0-9][A-Za-z0-9 ._-]*$/, "the name of an environment")
      .exactOptional()
      .meta({
        description:
          "The environment of the jobs that release and prune, with its reviewers and its secrets.",
        examples: ["production"],
      }),
    schedule: CronShape.default("17 4 * * *").meta({
      description: "When the released digests are scanned again, in UTC.",
    }),
    prune,
  })
  .exactOptional()
  .meta({
    description:
      "The pipelines that `lapstrake ci generate` writes and `lapstrake ci run` executes. Without it there are none.",
  });
