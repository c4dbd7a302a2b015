import { FlowError } from "./error.ts";
import { isIgnored } from "./ignored-inputs.ts";
import type { SurveyedFleet } from "./survey-fleet.ts";

const SHOWN = 5;
const COMMIT = "commit them, or release a tag that says so with --allow-dirty";
const IGNORED =
  "commit them (git add -f), or keep them out of the build by .dockerignore, or release a tag that says so with --allow-dirty";

/** Why no release of this tree can be named after its commit, or undefined: DIRTY_TREE. */
export function dirtyError({ git, fleet }: Pick<SurveyedFleet, "git" | "fleet">): FlowError | undefined {
  if (git.kind !== "git" || git.dirty.length === 0) return undefined;
  const ignored = new Set(git.ignored);
  const said = git.dirty.map((path) => (isIgnored(path, ignored) ? `${path} (git ignores it)` : path));
  const more = said.length > SHOWN ? ` and ${said.length - SHOWN} more` : "";
  return new FlowError(
    "DIRTY_TREE",
    `the work tree of ${fleet.blueprint.fleet} has changes that no commit holds: ${said.slice(0, SHOWN).join(", ")}${more}`,
    { hint: git.dirty.some((path) => isIgnored(path, ignored)) ? IGNORED : COMMIT },
  );
}
