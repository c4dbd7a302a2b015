import type { CommandSpec } from "./command.ts";

/** What measures images. */
export const SIZE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "size",
    summary:
      "what the bytes of images are: by layer, package, distribution and file type; shared, wasted, grown",
    operands: "[IMAGE… | SERVICE…]",
    arity: [0, Number.POSITIVE_INFINITY],
    description:
      "Reads layers without running anything. Without IMAGE, the newest release: what its images share, what is stored more\nthan once, and what moved since the release before; with IMAGE, each of them down to its files. Unpacked sizes are those\nof the layers' archives; a file counts as wasted where a later layer replaced or deleted it.",
    flags: {
      family: { type: "string", value: "IMAGE", help: "An image and everything that is built on it." },
      tier: {
        type: "string",
        value: "TIER",
        choices: ["cpu", "gpu"],
        help: "Only images of this tier.",
      },
      since: {
        type: "string",
        value: "RELEASE",
        help: "Compare with this release, by its tag (default: for each image, the newest older one that has it).",
      },
      top: { type: "string", value: "N", help: "How many lines each list has (default 10)." },
      baseline: {
        type: "boolean",
        help: "Build services the way that people begin (one stage, everything installed, nothing cleaned up), and record how large they are in lapstrake.baseline: all that have no record, or those named, anew. Pushed as SERVICE-baseline.",
      },
      wait: {
        type: "string",
        value: "SECONDS",
        help: "With --baseline: wait for another run of this fleet (default 0: say who holds the lock).",
      },
      html: {
        type: "string",
        value: "FILE",
        help: "Also write it as one page: a treemap to zoom into, by layer, package and file, with tables.",
      },
    },
    examples: [
      ["lapstrake size", "the newest release, image by image, and what is stored twice"],
      ["lapstrake size family-web --top 20", "one image: layers, packages, distributions, types, waste"],
      [
        "lapstrake size --family base-cpu-pydeps --html size.html",
        "an image and what is built on it, as a page",
      ],
      ["lapstrake size --since 20261101-0a1b2c3", "what became larger since then, and why"],
      [
        "lapstrake size --baseline --tier cpu",
        "what the CPU services would be without their hierarchy, once",
      ],
      ["lapstrake size docker-archive:app.tar --json", "any image, by where it lies, for a program"],
    ],
    load: () => import("./commands/size.ts"),
  },
];
