import type { CommandSpec } from "./command.ts";

const IMAGES = "[IMAGE…]";
const ANY: CommandSpec["arity"] = [0, Number.POSITIVE_INFINITY];

/** What reads the contents of images. */
export const AUDIT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "audit",
    summary:
      "what images need, have, lack and waste: imports, native libraries, packages, each with its chain",
    operands: IMAGES,
    arity: ANY,
    description:
      "Reads layers from the registry without running anything: what the entrypoint starts, what that imports, what those\nextensions link to, and which package each file is of. What images built on one use counts as used. The newest\nrelease's images, or those named. Exit 1 where something that is needed is missing or does not fit.",
    flags: {
      patch: {
        type: "boolean",
        help: "A patch of the Dockerfiles that takes out what nothing uses; nothing is written.",
      },
      prove: {
        type: "boolean",
        help: "Also build that patch in a copy, with what is built on it; audit, import and run each image again.",
      },
      tier: {
        type: "string",
        value: "TIER",
        choices: ["cpu", "gpu"],
        help: "With --prove: rebuild only images of this tier.",
      },
      wait: {
        type: "string",
        value: "SECONDS",
        help: "With --prove: wait for another run of this fleet (default 0: say who holds the lock).",
      },
      family: {
        type: "string",
        help: "An image and everything that is built on it.",
        value: "IMAGE",
      },
      all: { type: "boolean", help: "The newest release's images, as without IMAGE." },
      sarif: {
        type: "boolean",
        help: "The findings as SARIF 2.1.0, for code hosts and editors, at the lines of the Dockerfiles.",
      },
      html: {
        type: "string",
        value: "FILE",
        help: "Also write it as one page: tables to filter and sort, and every chain as a graph to follow.",
      },
      alone: { type: "boolean", help: "Judge each image by itself: what is built on it counts for nothing." },
      why: {
        type: "string",
        help: "The whole chain of one package, distribution or module; of a library, by name or path, all that was tried for it.",
        value: "NAME",
      },
    },
    examples: [
      ["lapstrake audit family-web", "its packages in use and unused, with the reason of each"],
      ["lapstrake audit base-utils --why libcurl4", "from what is started to the package"],
      [
        "lapstrake audit family-web --why libz.so.1",
        "who needs it, each path that the loader tries, and why not that",
      ],
      ["lapstrake audit base-utils --patch | git apply", "take out what it installs for nobody"],
      [
        "lapstrake audit base-utils --prove --tier cpu",
        "that patch, built and tried before anybody applies it",
      ],
      ["lapstrake audit --json", "the whole release, for a program"],
      ["lapstrake audit --sarif >audit.sarif", "the whole release, for a code host"],
      [
        "lapstrake audit --family family-web --html audit.html",
        "an image and what is built on it, as a page",
      ],
    ],
    load: () => import("./commands/audit.ts"),
  },
  {
    name: "sbom",
    summary:
      "what is in images, as CycloneDX or SPDX: packages, distributions, licences, files, dependencies",
    operands: IMAGES,
    arity: ANY,
    description:
      "Reads layers without running anything. Says of each component its package URL, licences, files with hashes, what it\nneeds (also by what its native files load), and the layer and Dockerfile line that brought it. Equal images have equal\ndocuments. One image is printed; unless `build.sbom: off` is set, a release puts the documents of\nits images beside them.",
    flags: {
      format: {
        type: "string",
        value: "FORMAT",
        choices: ["cyclonedx", "spdx"],
        help: "CycloneDX 1.6 (the default) or SPDX 2.3, both as JSON.",
      },
      output: {
        type: "string",
        value: "DIR",
        help: "Write a file for each image; no image named means all.",
      },
      attach: {
        type: "boolean",
        help: "Push both formats beside each image, one for each of its platforms, as artifacts that refer to it.",
      },
      missing: {
        type: "boolean",
        help: "With --attach: only beside images that have none, of those that this tree makes; needs `build.sbom: attach`.",
      },
      "without-files": { type: "boolean", help: "Leave the files of CycloneDX out: a tenth of its size." },
    },
    examples: [
      ["lapstrake sbom family-web > family-web.cdx.json", "one image of the newest release"],
      ["lapstrake sbom --format spdx --output sboms", "a file for each image of it"],
      ["lapstrake sbom docker-archive:app.tar", "any image, by where it lies"],
    ],
    load: () => import("./commands/sbom.ts"),
  },
];
