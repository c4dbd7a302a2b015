import { type Answer, type Check, failure, ok, unknown, warning } from "./check.ts";
import type { Ground } from "./ground.ts";

/** Which commit a release would name, and whether the tree holds more than that. */
export function gitCheck(ground: Ground): Check {
  return { ids: ["git"], area: "environment", late: "unknown", run: async () => [await look(ground)] };
}

const WHY_NOT = {
  "no-git": ["git is not installed", "apt-get install git"],
  "not-a-repository": ["no git repository", 'git init && git add . && git commit -m "the fleet"'],
  "no-commit": ["a git repository without a commit", 'git add . && git commit -m "the fleet"'],
} as const;

const SHOWN = 3;

async function look({ world, fleet }: Ground): Promise<Answer> {
  const tree = fleet.state === "loaded" ? fleet.fleet.tree : world.tree(world.cwd);
  const facts = await tree.git(["."]);
  if (facts.kind === "none") {
    const [what, command] = WHY_NOT[facts.why];
    const finding = `${tree.root}: ${what}`;
    if (fleet.state === "none") return unknown("git", `${finding}, and no fleet whose commit would matter`);
    const fix = facts.why === "no-git" ? command : `cd ${tree.root} && ${command}`;
    const needed = fleet.state === "loaded" && fleet.fleet.blueprint.tag.includes("{sha}");
    if (!needed) return warning("git", finding, fix);
    return failure("git", `${finding}, and the release tag needs a commit`, fix);
  }
  const head = `${tree.root} at ${facts.short}`;
  if (facts.dirty.length === 0) return ok("git", `${head}, clean`);
  const more = facts.dirty.length > SHOWN ? ` and ${facts.dirty.length - SHOWN} more` : "";
  return warning(
    "git",
    `${head}, with changes that no commit holds: ${facts.dirty.slice(0, SHOWN).join(", ")}${more}; a release wants --allow-dirty`,
    `cd ${tree.root} && git add . && git commit`,
  );
}
