import type { Job } from "../pipeline.ts";
import type { WorkflowTarget } from "./target.ts";
import { actionStep, type YamlStep } from "./yaml-step.ts";

/** The oldest line of Node that is still kept, and within what lapstrake runs on. */
const NODE = "22";

/** What comes before the first command: the repository, lapstrake, and an engine where the job builds. */
export function setupSteps(job: Job, { settings }: WorkflowTarget): readonly YamlStep[] {
  const { lapstrake } = settings;
  const engine: YamlStep[] = [];
  if (job.engine) {
    if (lapstrake.kind !== "image" && job.runsOn.every(isHosted)) engine.push(STORE);
    engine.push({ name: "Use the engine of this machine", run: "lapstrake ci prepare" });
  }
  return [
    // The whole history: an image's time is that of the last commit that touched its inputs.
    actionStep("Check out the repository", "checkout", { "fetch-depth": 0, "persist-credentials": false }),
    ...programSteps(lapstrake),
    ...engine,
  ];
}

/** The folder of the run as actions see it. */
export function runFolder({ settings }: WorkflowTarget): string {
  // In a container `runner.temp` names a folder of the host.
  return settings.lapstrake.kind === "image" ? "${{ steps.folder.outputs.run }}" : "${{ runner.temp }}";
}

function programSteps(program: WorkflowTarget["settings"]["lapstrake"]): readonly YamlStep[] {
  if (program.kind === "image") {
    const lines = [
      `git config --global --add safe.directory "$GITHUB_WORKSPACE"`,
      `echo "run=$RUNNER_TEMP" >>"$GITHUB_OUTPUT"`,
    ];
    return [{ name: "Find the folders of this container", id: "folder", run: lines.join("\n") }];
  }
  // No cache of packages: a cache that a pull request can write would be run with the rights of a release.
  const node = actionStep("Set up Node", "setupNode", {
    "node-version": NODE,
    "package-manager-cache": false,
  });
  const lines =
    program.kind === "package" ? INSTALL : ["scripts/prepare", `echo "$PWD/bin" >>"$GITHUB_PATH"`];
  const name = program.kind === "package" ? "Install lapstrake" : "Build lapstrake";
  return [node, { name, run: lines.join("\n"), "working-directory": program.path }];
}

/** By the lock, every package of it by its hash; outside of the work tree, which stays as it was committed. */
const INSTALL = [
  `mkdir "$RUNNER_TEMP/program"`,
  `cp package.json package-lock.json "$RUNNER_TEMP/program"`,
  `npm ci --prefix "$RUNNER_TEMP/program" --ignore-scripts --no-fund --no-audit`,
  `echo "$RUNNER_TEMP/program/node_modules/.bin" >>"$GITHUB_PATH"`,
];

/** Machines of GitHub's own, whose Docker we may change. */
function isHosted(label: string): boolean {
  return /^ubuntu-\d/.test(label);
}

const STORE: YamlStep = {
  name: "Turn on the containerd image store of this machine's Docker",
  run: [
    "config=/etc/docker/daemon.json",
    `if [ ! -s "$config" ]; then echo '{}' | sudo tee "$config" >/dev/null; fi`,
    `jq '.features."containerd-snapshotter" = true' "$config" | sudo tee "$config.new" >/dev/null`,
    `sudo mv "$config.new" "$config"`,
    "sudo systemctl restart docker",
  ].join("\n"),
  "working-directory": ".",
};
