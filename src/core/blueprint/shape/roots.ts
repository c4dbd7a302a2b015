import { z } from "zod";
import { pattern } from "./leaf.ts";
import { NameShape } from "./name.ts";
import { ImageShape, MirrorShape } from "./place.ts";

const VARIANTS = ["essential", "apt", "required", "minbase", "buildd", "important", "standard"] as const;

const BootstrapShape = z
  .strictObject({
    suite: pattern(/^[a-z][a-z0-9-]*$/, "a Debian suite, such as bookworm").meta({
      description: "The Debian suite.",
      examples: ["bookworm"],
    }),
    packages: z
      .array(pattern(/^[a-z0-9][a-z0-9+.-]+$/, "the name of a Debian package"))
      .min(1)
      .meta({ description: "The packages to install beside the variant's own.", examples: [["python3"]] }),
    variant: z
      .enum(VARIANTS)
      .default("minbase")
      .meta({ description: "The package set that mmdebstrap starts from." }),
    python: pattern(/^3\.\d{1,2}$/, 'a Python version, such as "3.10"')
      .exactOptional()
      .meta({
        description:
          "A CPython that is copied from the host because the suite has another; where the host has none, the root is unavailable.",
        examples: ["3.10"],
      }),
  })
  .meta({
    description:
      "A reproducible Debian root by mmdebstrap, used only where no registry that holds the image can be reached.",
  });

export const RootsShape = z
  .record(
    NameShape,
    z.strictObject({
      image: ImageShape.meta({
        description: "The image, with its tag. `lapstrake.lock` pins its digest.",
        examples: ["docker.io/library/python:3.11-slim-bookworm"],
      }),
      mirrors: z
        .array(MirrorShape)
        .default([])
        .meta({
          description:
            "Repositories that hold the same image, tried in this order before the image's own registry.",
          examples: [["mirror.example.org/library/python"]],
        }),
      bootstrap: BootstrapShape.exactOptional(),
    }),
  )
  .default({})
  .meta({
    description:
      "The external images under the hierarchy. A Dockerfile's FROM names one by its key or by its image.",
  });
