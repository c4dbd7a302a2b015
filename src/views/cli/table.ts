import { AUDIT_COMMANDS } from "./audit-commands.ts";
import { CI_COMMANDS } from "./ci-commands.ts";
import type { CommandSpec, Flag } from "./command.ts";
import { GATE_COMMANDS } from "./gate-commands.ts";
import { SCAN_COMMANDS } from "./scan-commands.ts";
import { SIZE_COMMANDS } from "./size-commands.ts";

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
    description:
      "Reads everything and builds nothing. Exit 1 where a finding is an error; with --plan also where a contradiction is\nneither mended nor decided. Decisions stand in the blueprint under decisions:, by the id in brackets.",
    flags: {
      plan: {
        type: "boolean",
        help: "Also the documents under guides: against the fleet, and the decisions about what they contradict.",
      },
      all: { type: "boolean", help: "Show what was decided, with who, when and why." },
      tags: {
        type: "boolean",
        help: "Also ask the registry: tags outside the scheme, tags that moved behind our back.",
      },
      locks: {
        type: "boolean",
        help: "Also judge the Python locks that images install: hashes, interpreter, platform, inputs, parents.",
      },
      online: {
        type: "boolean",
        help: "With --locks: ask the package index, through this host's uv or pip, whether it lists each hash (exit 3 where it does not answer).",
      },
    },
    examples: [
      ["lapstrake check --json", "the findings for a program"],
      ["lapstrake check --plan --all", "every contradiction, open or decided"],
      ["lapstrake check --tags", "the registry's tags, too"],
      ["lapstrake check --locks --online", "every lock, and every hash at the package index"],
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
    name: "verify",
    summary: "read released images from the registry and judge them; with --run start each once",
    operands: IMAGES,
    arity: ANY,
    description:
      "User, init, health check, set-id and world-writable files, caches, secrets, machine profile, labels: from manifest, config\nand layers, without running. The newest release's images; a named one that it does not hold as the tree makes it. Exit 1 where a\nrule fails, 3 where something could not be told.",
    flags: {
      run: {
        type: "boolean",
        help: "Also start each once on this machine's engine: user, PID 1, and of services /health and SIGTERM.",
      },
    },
    examples: [
      ["lapstrake verify", "the whole release"],
      ["lapstrake verify service_registry --run --json", "one image, run as well, for a program"],
    ],
    load: () => import("./commands/verify.ts"),
  },
  ...AUDIT_COMMANDS,
  ...GATE_COMMANDS,
  ...SIZE_COMMANDS,
  ...SCAN_COMMANDS,
  ...CI_COMMANDS,
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
      "Compares every image and tag with its release, like digests with like. What does not answer is unknown, never\nmissing. An engine is expected to hold what the blueprint places on its machine, or all where it holds half.\nOn GHCR it reads GitHub's list of packages where GH_TOKEN is a classic token with read:packages, else each tag.",
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
    name: "phase",
    summary: "the plan: its phases, their evidence, and what is missing",
    operands: "[list|show|next|collect|draft|done|reopen|report|import] [PLAN] [K]",
    arity: [0, 3],
    description:
      "Without a verb, all phases with their marks: [x] done, [>] ready, [ ] open, [-] blocked by an earlier one, [!] stale: it was done, and what it stood on changed. `collect K` finds out what the rules of a phase ask and records it; `draft K` writes its post-review and the pre-analysis of the next phase from that, and keeps what people wrote; `done K` collects the earlier phases again on the newest release, and closes K where its evidence holds and its documents pass. `report` is the whole plan as one page. `import FILE` takes over claims of todo_manager's store, which prove nothing. The plan's id may stand before K in every verb.",
    flags: {
      machine: { type: "string", value: "MACHINE", help: "collect: only what is asked for this machine." },
      why: { type: "string", value: "TEXT", help: "reopen: the reason, kept in the ledger for good." },
      output: {
        type: "string",
        value: "FILE.md",
        help: "report: write it as Markdown instead of printing it.",
      },
      html: { type: "string", value: "FILE", help: "report: also, or only, as one page for a browser." },
      wait: WAIT,
    },
    examples: [
      ["lapstrake phase", "the phases, done and open"],
      ["lapstrake phase next", "what the first open phase lacks, and the commands that give it"],
      ["lapstrake phase collect 1", "evidence for phase 1; exit 1 where a rule does not hold"],
      ["lapstrake phase draft 1", "its documents, with marked places for what people have to say"],
      [
        "lapstrake phase done docker_blueprint_actionable_20250811 1",
        "close phase 1, or say all that is missing",
      ],
    ],
    load: () => import("./commands/phase.ts"),
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
    name: "risk",
    summary: "the register of risks: what has come true, what nobody knows, and the way back",
    operands: "[ID]",
    arity: [0, 1],
    description:
      "Looks at each risk of the register with its own detector and changes nothing. Exit 1 where one is raised; what\ncannot be looked at is unknown, with the reason.",
    flags: {
      machine: {
        type: "string",
        value: "MACHINE",
        help: "The machine of the blueprint that this one is; others are asked over ssh where their engine is.",
      },
    },
    examples: [
      ["lapstrake risk", "all of them"],
      ["lapstrake risk R1 --machine pc2", "the driver of this machine, which is pc2"],
    ],
    load: () => import("./commands/risk.ts"),
  },
  {
    name: "prune",
    summary: "what old releases left: the plan with reasons, and with --apply its deletion",
    operands: "",
    arity: [0, 0],
    description:
      "Keeps whatever a kept release, a -prev or channel tag, a container, the lock or this work tree still reaches. Deletes nothing where anything could not be read (exit 3). A release goes only beyond --keep and older than --older-than.\nOn GHCR it reads and deletes by GitHub's REST API, with the classic token of GH_TOKEN (read:packages, delete:packages); what GitHub does not give up is told (exit 1).",
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
        help: "Put back what a restore list has: on GHCR within thirty days, elsewhere while the registry still has the blobs. No tag is moved.",
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
