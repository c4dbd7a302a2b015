import type { GeneratedFleet } from "../test/kit/generate-fleet.ts";
import type { Command } from "./run-command.ts";
import type { Workbench } from "./workbench.ts";

/** What lapstrake itself reads of the environment, and would do other work for; and Node's own switches. */
const NOT_HANDED_ON =
  /^(ORG|DATE|SHA|TAG|PLATFORM|CACHE_FROM|CACHE_TO|GH_USERNAME|GH_TOKEN|FORCE_IMAGE_TAG|NODE_OPTIONS|NODE_COMPILE_CACHE|SOURCE_DATE_EPOCH|GIT_.*|npm_.*)$/;

/** Our side: the command as a person types it in the fleet's folder. */
export function lapstrakeCommand(
  bench: Workbench,
  fleet: GeneratedFleet,
  ...args: readonly string[]
): Command {
  return { argv: [...bench.program, ...args], cwd: fleet.folder, env: cleanEnvironment() };
}

export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_HANDED_ON.test(name));
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
