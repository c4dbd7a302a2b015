import type { CommandSpec } from "./command.ts";

/** Pipelines: what a CI server does for a fleet, written for it and done here. */
export const CI_COMMANDS: readonly CommandSpec[] = [
  {
    name: "ci",
    summary: "workflows made from the fleet, checked, and executed on this machine as well",
    operands: "generate github|check|run [JOB]|plan|confirm DIR|prepare|issue REPORT BODY",
    arity: [1, 3],
    description:
      "One value is made of the graph and of `ci:` in the blueprint: waves of builds, gates, release, and the scheduled rescan and clean-up. generate writes it as .github/workflows/docker-build.yml and security.yml at the top of the repository, and keeps what stands in places marked `# lapstrake: keep NAME`. check compares, and judges every workflow that is there (exit 1). run does a pipeline here, or a job with all that it needs (exit 1: denied, 4: some of it is done; run again to go on). The other four are steps of those workflows: plan says what is left to do, confirm compares digests that jobs handed on with the registry, prepare makes this machine's Docker the engine, issue keeps the one issue of the fleet (by gh).",
    flags: {
      "dry-run": {
        type: "boolean",
        help: "generate: show what would change. run: show the jobs and their commands. Nothing is done.",
      },
      force: {
        type: "boolean",
        help: "generate: also in the place of a workflow that was not generated.",
      },
      tier: {
        type: "string",
        value: "TIER",
        choices: ["cpu", "gpu"],
        help: "run, plan: only images of this tier, and what they need (default: ci.tier).",
      },
    },
    examples: [
      ["lapstrake ci generate github", "write both workflows; commit them"],
      ["lapstrake ci check", "are they what the fleet asks for, and are the others sound?"],
      ["lapstrake ci run", "the whole build pipeline against this machine's engine"],
      ["lapstrake ci run wave-2 --tier cpu", "the second wave of the CPU images, and what it needs"],
      ["lapstrake ci run security", "the rescan and the clean-up"],
    ],
    load: () => import("./commands/ci.ts"),
  },
];
