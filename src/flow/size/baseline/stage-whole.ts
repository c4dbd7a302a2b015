import { join } from "node:path";
import type { BaselineRecipe } from "../../../core/policy/size/baseline-recipe.ts";
import type { StagedContexts } from "../../stage-contexts.ts";
import type { BaselineRun } from "./baseline-run.ts";

/**
 * Copies of whole folders, whatever their ignore files say. What git ignores stays behind: it is of this machine, and the
 * baseline is of the fleet.
 */
export async function stageWhole(
  { fleet, state, world }: BaselineRun,
  contexts: BaselineRecipe["contexts"],
): Promise<StagedContexts> {
  const { tree } = fleet;
  const git = await tree.git();
  const ignored = new Set(git.kind === "git" ? git.ignored.map((path) => path.replace(/\/$/, "")) : []);
  const scratch = await state.scratch();
  const folders = new Map<string, string>();
  try {
    for (const [index, { name, folder }] of contexts.entries()) {
      const isLeft = (path: string): boolean =>
        path === ".git" || ignored.has(folder === "." ? path : `${folder}/${path}`);
      const entries = await tree.list(folder, {
        ignore: { ignores: isLeft, prunes: isLeft },
        signal: world.kill,
      });
      const into = join(scratch.path, String(index));
      const below = (path: string): boolean =>
        path.split("/").some((_, depth, parts) => isLeft(parts.slice(0, depth + 1).join("/")));
      const staged = entries.flatMap(({ path, mode, type }) =>
        type === "special" || below(path) ? [] : [{ path, mode, type }],
      );
      await tree.stage(folder, staged, { into, epoch: 0 });
      folders.set(name, into);
    }
  } catch (error) {
    await scratch.remove();
    throw error;
  }
  return { folders, remove: scratch.remove };
}
