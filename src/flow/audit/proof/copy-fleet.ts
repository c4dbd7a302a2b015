import { join, relative } from "node:path";
import type { GitFacts } from "../../../edge/tree/port.ts";
import { FlowError } from "../../error.ts";
import type { Fleet } from "../../load-fleet.ts";
import type { World } from "../../world.ts";

/**
 * A copy of the work tree as it stands, with these files written anew, in a folder of its own, and a world that works there.
 * It has the same history, so that what is built of it is what building here would give; the repository is only read. What git
 * ignores stays behind, but for the lock.
 */
export async function copyFleet(
  world: World,
  { fleet, git, into }: { readonly fleet: Fleet; readonly git: GitFacts; readonly into: string },
  files: ReadonlyMap<string, string>,
): Promise<World> {
  const { tree, folder, lockFile } = fleet;
  const top = git.kind === "git" ? await cloneHistory(world, { folder, git, into }) : folder;
  const copy = join(into, relative(top, folder));
  const ignored = new Set(git.kind === "git" ? git.ignored.map((path) => path.replace(/\/$/, "")) : []);
  const isLeft = (path: string): boolean => path === ".git" || (path !== lockFile && ignored.has(path));
  const entries = await tree.list(".", {
    ignore: { ignores: isLeft, prunes: isLeft },
    signal: world.kill,
  });
  const below = (path: string): boolean =>
    path.split("/").some((_, index, parts) => isLeft(parts.slice(0, index + 1).join("/")));
  const staged = entries.flatMap(({ path, mode, type }) =>
    type === "special" || below(path) ? [] : [{ path, mode, type }],
  );
  await tree.stage(".", staged, { into: copy, epoch: 0 });
  for (const [path, text] of files) await world.writeFile(join(copy, path), text);
  const blueprint = world.findBlueprint();
  return {
    ...world,
    cwd: copy,
    findBlueprint: () => (blueprint === undefined ? undefined : join(copy, relative(folder, blueprint))),
  };
}

/** A clone that shares the objects of the repository, with its index at HEAD and no files yet. Gives the repository's folder. */
async function cloneHistory(
  world: World,
  {
    folder,
    git,
    into,
  }: { readonly folder: string; readonly git: GitFacts & { kind: "git" }; readonly into: string },
): Promise<string> {
  const top = (await run(world, ["git", "-C", folder, "rev-parse", "--show-toplevel"])).trim();
  await run(world, ["git", "clone", "--quiet", "--shared", "--no-checkout", top, into]);
  await run(world, ["git", "-C", into, "reset", "--quiet", git.head]);
  // Its address is a label of what is built.
  if (git.remoteUrl !== undefined)
    await run(world, ["git", "-C", into, "remote", "set-url", "origin", git.remoteUrl]);
  return top;
}

async function run(world: World, argv: readonly [string, ...string[]]): Promise<string> {
  const { outcome, stdout, stderr } = await world.runner.run({ argv, signal: world.kill });
  if (outcome === "ok") return stdout;
  world.kill.throwIfAborted();
  throw new FlowError("NO_GIT", `${argv.slice(0, 4).join(" ")} failed: ${stderr.trim().split("\n").at(-1)}`);
}
