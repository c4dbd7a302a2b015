import { z } from "zod";
import { CACHE_MODES } from "./images.ts";
import { HostShape, RegistryShape, UrlShape } from "./place.ts";

export const BuildShape = z
  .strictObject({
    parallelism: z
      .int()
      .min(1)
      .max(256)
      .exactOptional()
      .meta({
        description: "How many builds run at once. Without it, the number of cores.",
        examples: [4],
      }),
    trust: z.enum(["host", "none"]).default("none").meta({
      description:
        "`host` hands this machine's CA bundle to builds as a secret, for networks that inspect TLS. It reaches no layer and no identity.",
    }),
    cache: z
      .enum(CACHE_MODES)
      .default("none")
      .meta({ description: "The registry cache of images that say nothing else." }),
    cacheRef: RegistryShape.exactOptional().meta({
      description:
        "Where the registry cache is kept, one reference for each image. Without it, beside the image.",
      examples: ["ghcr.io/example/cache"],
    }),
    mirrors: z
      .record(HostShape, z.array(UrlShape).min(1))
      .default({})
      .meta({
        description: "Registry hosts and the URLs to ask before them.",
        examples: [{ "docker.io": ["https://mirror.example.org"] }],
      }),
    insecure: z
      .array(HostShape)
      .default([])
      .meta({
        description: "Hosts that may be spoken to in plain HTTP. Loopback always may.",
        examples: [["registry.lan:5000"]],
      }),
    packageApis: z
      .record(HostShape, UrlShape)
      .default({})
      .meta({
        description:
          "Registry hosts whose packages GitHub's REST API lists, and its URL, for GitHub Enterprise; that of ghcr.io is known. The API is logged in to with what is stored for its own host.",
        examples: [{ "containers.github.example.org": "https://github.example.org/api/v3" }],
      }),
    sbom: z.enum(["attach", "off"]).default("attach").meta({
      description:
        "Whether a release puts the SBOM of each image beside it, one for each platform, as CycloneDX and as SPDX. Its layers are read for that, once.",
    }),
    index: z.enum(["warn", "strict"]).default("warn").meta({
      description:
        "What to do where the apt package index is no longer the one in `lapstrake.lock`: say so, or stop.",
    }),
  })
  // Through the shape, so that the inner defaults apply.
  .prefault({})
  .meta({ description: "How images are built." });
