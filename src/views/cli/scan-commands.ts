import type { CommandSpec } from "./command.ts";

/** What judges images. */
export const SCAN_COMMANDS: readonly CommandSpec[] = [
  {
    name: "scan",
    summary: "every gate over released images: vulnerabilities, secrets, user, size, SBOM, base, tags",
    operands: "[IMAGE…]",
    arity: [0, Number.POSITIVE_INFINITY],
    description:
      "Judges the newest release's images, or those named, by the gates that a release has between its push and its tags, with\nwhat is known today; the policy is `gates:` of the blueprint. Each gate's canaries are tried in the same run: where a\ngate lets one pass, its green is an error. Exit 1 where an image is denied or cannot be judged, and for waivers that\ncover nothing, but for those whose first day is still to come; 3 where there is no image to look at.",
    flags: {
      family: { type: "string", value: "IMAGE", help: "An image and everything that is built on it." },
      tree: {
        type: "boolean",
        help: "What this tree makes instead of what was released: what a release of it would judge.",
      },
      canary: { type: "boolean", help: "Show every canary: what was planted, and what its gate said." },
      sarif: {
        type: "string",
        value: "FILE",
        help: "Also write the findings as SARIF 2.1.0, for code hosts.",
      },
      markdown: { type: "string", value: "FILE", help: "Also write a summary for a pull request." },
      html: {
        type: "string",
        value: "FILE",
        help: "Also write one page: findings to filter, sizes, what to mend first.",
      },
    },
    examples: [
      ["lapstrake scan", "the newest release, by what is known today"],
      ["lapstrake scan --family base-python --html scan.html", "an image and what is built on it, as a page"],
      ["lapstrake scan --tree", "what is built and not released yet"],
      ["lapstrake scan --canary", "the planted faults, and that each gate saw its own"],
      ["lapstrake scan --json | jq .outcome", "the one word for a program"],
    ],
    load: () => import("./commands/scan.ts"),
  },
];
