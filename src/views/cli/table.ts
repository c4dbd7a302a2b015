import type { CommandSpec, Flag } from "./command.ts";

const JOBS: Flag = {
  type: "string",
  short: "j",
  value: "N",
  help: "Builds at a time (default: build.parallelism, else the number of cores).",
};
const FAIL_FAST: Flag = { type: "boolean", help: "Start nothing new after the first failure." };
const KEEP_GOING: Flag = {
  type: "boolean",
  help: "Go on past failures; only descendants are left out (the default).",
};
const NO_CACHE: Flag = { type: "boolean", help: "Let the engine run every step again." };
const WAIT: Flag = {
  type: "string",
  value: "SECONDS",
  help: "Wait for another run of this fleet (default 0: say who holds the lock).",
};
const TIER: Flag = {
  type: "string",
  value: "TIER",
  choices: ["cpu", "gpu"],
  help: "Only images of this tier, and what they need.",
};
const DRY_RUN: Flag = { type: "boolean", help: "Print the plan and do nothing." };
const SELECT: Readonly<Record<string, Flag>> = {
  only: { type: "boolean", help: "Only the named images; what they derive from must stand already." },
  tier: TIER,
  "with-dependents": { type: "boolean", help: "The named images and all that derive from them." },
};
const IMAGES = "[IMAGE…]";
const ANY: CommandSpec["arity"] = [0, Number.POSITIVE_INFINITY];

/** Every command: one source for dispatch, help, completion and docs/cli. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "doctor",
    summary: "is everything here that a run needs? what is missing, and the exact fix",
    operands: "",
    arity: [0, 0],
    description:
      "Looks at engine, BuildKit, registry, login, disk, git, trust, clock and the roots, without changing anything.",
    flags: {},
    examples: [["lapstrake doctor", "each check with ok, warning or failure and what mends it"]],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "check",
    summary: "findings about blueprint, Dockerfiles and graph, with file:line and rule",
    operands: "",
    arity: [0, 0],
    description: "Reads everything and builds nothing. Exit 1 where a finding is an error.",
    flags: {
      tags: {
        type: "boolean",
        help: "Also ask the registry: tags outside the scheme, tags that moved behind our back.",
      },
    },
    examples: [
      ["lapstrake check --json", "the findings for a program"],
      ["lapstrake check --tags", "the registry's tags, too"],
    ],
    load: () => import("./commands/check.ts"),
  },
  {
    name: "graph",
    summary: "the hierarchy as text, mermaid, dot or json",
    operands: "",
    arity: [0, 0],
    description: "Draws what the Dockerfiles derive from. Needs no engine and no registry.",
    flags: {
      format: {
        type: "string",
        value: "FORMAT",
        choices: ["text", "mermaid", "dot", "json"],
        help: "text (default), mermaid, dot, json.",
      },
    },
    examples: [["lapstrake graph --format mermaid", "for a Markdown page"]],
    load: () => import("./commands/graph.ts"),
  },
  {
    name: "lock",
    summary: "pin the roots and the package index in lapstrake.lock",
    operands: "",
    arity: [0, 0],
    description:
      "Resolves every root to a digest: from its registry, a mirror, or its bootstrap recipe. Nothing else ever changes\nthe lock; review and commit what it wrote.",
    flags: { "dry-run": { type: "boolean", help: "Show what would move, write nothing." } },
    examples: [["lapstrake lock --dry-run", "are there updates?"]],
    load: () => import("./commands/lock.ts"),
  },
  {
    name: "plan",
    summary: "what would be built, and why; the same value that build executes",
    operands: IMAGES,
    arity: ANY,
    description: "Asks the registry which images stand. Needs no builder.",
    flags: SELECT,
    examples: [
      ["lapstrake plan", "the whole fleet"],
      ["lapstrake plan --json", "the plan as build takes it"],
    ],
    load: () => import("./commands/plan.ts"),
  },
  {
    name: "why",
    summary: "the chain of reasons: which file, argument or parent moved the identity",
    operands: "IMAGE",
    arity: [1, 1],
    description:
      "Compares the image's identity now with that of the last release, and follows moved parents to the cause.",
    flags: {},
    examples: [["lapstrake why family-web", "down to the exact file"]],
    load: () => import("./commands/why.ts"),
  },
  {
    name: "build",
    summary: "make the missing images and push them under their content names",
    operands: IMAGES,
    arity: ANY,
    description:
      "Builds what the registry does not hold, parents first, and goes on past failures. Ctrl-C lets running builds end;\na second one ends them. Run again to go on.",
    flags: {
      jobs: JOBS,
      "keep-going": KEEP_GOING,
      "fail-fast": FAIL_FAST,
      "no-cache": NO_CACHE,
      wait: WAIT,
      "dry-run": DRY_RUN,
      ...SELECT,
    },
    examples: [
      ["lapstrake build", "everything that is missing"],
      ["lapstrake build base-utils --with-dependents", "an image and its descendants"],
    ],
    load: () => import("./commands/build.ts"),
  },
  {
    name: "release",
    summary: "build, run the gates, then move the tags of the whole fleet together",
    operands: "",
    arity: [0, 0],
    description:
      "All or nothing over the images that can be had here. Does nothing where the last release is still the truth.",
    flags: {
      jobs: JOBS,
      "keep-going": KEEP_GOING,
      "fail-fast": FAIL_FAST,
      wait: WAIT,
      tier: TIER,
      "dry-run": DRY_RUN,
      partial: {
        type: "boolean",
        help: "Release what stands although something failed; recorded as partial.",
      },
      "allow-dirty": {
        type: "boolean",
        help: "Release a tree with uncommitted changes under a tag that says so.",
      },
    },
    examples: [
      ["lapstrake release", "from whatever state to a released fleet"],
      ["lapstrake release --tier cpu", "only the CPU images; the record says that it is partial"],
    ],
    load: () => import("./commands/release.ts"),
  },
  {
    name: "promote",
    summary: "move a channel's tags to a release, of all its images together",
    operands: "RELEASE|last",
    arity: [1, 1],
    description:
      "Channels are declared in the blueprint; no other tag is ever moved. What stood before is recorded in the ledger and\nkept as CHANNEL-prev. Run again to go on after an interruption; promote an older release to go back.",
    flags: {
      to: { type: "string", value: "CHANNEL", help: "The channel to move (needed)." },
      partial: { type: "boolean", help: "Also a partial release: other images stay where they are." },
      wait: WAIT,
    },
    examples: [
      ["lapstrake promote last --to canary", "the newest release"],
      ["lapstrake promote 20260304-0123456 --to stable", "a release by its tag"],
    ],
    load: () => import("./commands/promote.ts"),
  },
  {
    name: "mirror",
    summary: "copy a release to another registry or an OCI layout folder",
    operands: "RELEASE|last HOST/NAMESPACE|oci:DIR",
    arity: [2, 2],
    description:
      "Sends only what is not there, each blob once, and mounts the rest; tags come last, on proven digests. Run again to\ngo on after an interruption.",
    flags: { wait: WAIT },
    examples: [
      ["lapstrake mirror last registry.example.org/team", "to another registry"],
      ["lapstrake mirror last oci:/media/usb/fleet", "for an air gap"],
    ],
    load: () => import("./commands/mirror.ts"),
  },
  {
    name: "status",
    summary: "what is released, what is built but not released, what is stale",
    operands: "",
    arity: [0, 0],
    description: "Compares the last release with what this tree would make.",
    flags: {},
    examples: [["lapstrake status", "each image with its state and digest"]],
    load: () => import("./commands/status.ts"),
  },
  {
    name: "inventory",
    summary: "blueprint, engines and registry side by side: what is in step, and why what is not",
    operands: "",
    arity: [0, 0],
    description:
      "Compares every image and tag with its release, like digests with like. What does not answer is unknown, never\nmissing. An engine is expected to hold what the blueprint places on its machine, or all where it holds half.",
    flags: {
      engine: {
        type: "string",
        value: "ENGINES",
        help: "local (the default), all, machines of the blueprint, unix://, tcp:// or ssh:// addresses, context:NAME; with commas.",
      },
      output: {
        type: "string",
        value: "FILE.md",
        help: "Also write it as Markdown: same inventory, same bytes.",
      },
      html: {
        type: "string",
        value: "FILE",
        help: "Also write it as one page: filter, sort, sizes, hierarchy.",
      },
      since: { type: "string", value: "RELEASE", help: "Also tell what changed since an earlier release." },
      all: { type: "boolean", help: "Also list what is in step and old, build caches, and foreign images." },
      check: { type: "boolean", help: "Exit 1 on drift, 3 where something did not answer." },
    },
    examples: [
      ["lapstrake inventory --output docker_image_inventory.md", "as a page to commit"],
      ["lapstrake inventory --engine local,ssh://me@pc2 --check", "two engines, in a job"],
    ],
    load: () => import("./commands/inventory.ts"),
  },
  {
    name: "ledger",
    summary: "show, verify, sign, witness or export the record of all that was done",
    operands: "show|verify|checkpoint|witness|export [FILE]",
    arity: [1, 2],
    description:
      "The ledger is append-only and hash-chained. verify recomputes every hash, compares with what was signed, and reads\nthe evidence. checkpoint signs what stands, into a file to commit; on a second machine, witness signs that FILE (the\nrepository's checkpoints, unless told) continues what it saw before. docs/ledger.md says what each of them proves.",
    flags: {
      since: {
        type: "string",
        value: "WHEN",
        help: "show, export: from an entry's number, a date, a time, or 36h, 7d ago on.",
      },
      kind: { type: "string", value: "KINDS", help: "show, export: only these kinds, with commas." },
      image: { type: "string", value: "IMAGE", help: "show, export: only entries that name this image." },
      last: {
        type: "string",
        value: "N",
        help: "show, export: the last N of those (show: 20 without --since).",
      },
      format: {
        type: "string",
        value: "FORMAT",
        choices: ["jsonl", "in-toto"],
        help: "export: jsonl (the ledger's own lines, the default) or in-toto statements.",
      },
      notes: {
        type: "boolean",
        help: "checkpoint, witness: also as a git note on HEAD (refs/notes/lapstrake).",
      },
      name: {
        type: "string",
        value: "NAME",
        help: "checkpoint, witness: how this machine's new key is called.",
      },
      accept: {
        type: "string",
        value: "KEYS",
        help: "witness: ids of keys (8 digits at least, with commas) that may be seen for the first time.",
      },
      wait: WAIT,
    },
    examples: [
      ["lapstrake ledger verify", "exit 1 where anything does not hold: what, and since when"],
      ["lapstrake ledger show --kind release --since 30d", "the releases of a month"],
      ["lapstrake ledger checkpoint --name mainpc", "sign what stands; commit the two files that it names"],
      ["lapstrake ledger witness --name pc2", "on another machine, after git pull; commit again"],
      ["lapstrake ledger export --format in-toto --image family-web", "for tools that read attestations"],
    ],
    load: () => import("./commands/ledger.ts"),
  },
  {
    name: "prune",
    summary: "what old releases left: the plan with reasons, and with --apply its deletion",
    operands: "",
    arity: [0, 0],
    description:
      "Keeps whatever a kept release, a -prev or channel tag, a container, the lock or this work tree still reaches. Deletes nothing where anything could not be read (exit 3). A release goes only beyond --keep and older than --older-than.",
    flags: {
      keep: { type: "string", value: "N", help: "Releases that stay whatever their age (default 10)." },
      "older-than": {
        type: "string",
        value: "DAYS",
        help: "Releases, unreleased builds and build caches younger than this stay (default 30).",
      },
      apply: { type: "boolean", help: "Delete what the plan names, after writing a restore list." },
      restore: {
        type: "string",
        value: "FILE",
        help: "Put back what a restore list has, while the registry still has the blobs; no tag is moved.",
      },
      wait: WAIT,
    },
    examples: [
      ["lapstrake prune", "the plan; nothing is changed"],
      ["lapstrake prune --keep 3 --older-than 14 --apply", "delete what goes, in a safe order"],
    ],
    load: () => import("./commands/prune.ts"),
  },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh or fish",
    operands: "bash|zsh|fish",
    arity: [1, 1],
    description: "Made from the same table as the help.",
    flags: {},
    examples: [['eval "$(lapstrake completion bash)"', "for this shell"]],
    load: () => import("./commands/completion.ts"),
  },
];
