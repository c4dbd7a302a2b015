import { FlowError } from "../error.ts";
import type { Fleet } from "../load-fleet.ts";

/** Where workflows lie: the top of the git repository, and the fleet's folder in it ("" at the top). */
export interface RepositoryTop {
  /** Absolute. */
  readonly path: string;
  readonly folder: string;
}

/** Throws FlowError NO_GIT. */
export async function repositoryTop({ tree, folder }: Fleet): Promise<RepositoryTop> {
  const git = await tree.git(["."]);
  if (git.kind === "none") {
    throw new FlowError("NO_GIT", `${folder} is in no git repository with a commit`, {
      hint: "workflows lie at the top of the repository: `git init`, and commit the fleet",
    });
  }
  const { prefix } = git;
  if (prefix === "") return { path: folder, folder: "" };
  if (folder.endsWith(`/${prefix}`)) return { path: folder.slice(0, -prefix.length - 1), folder: prefix };
  // A link leads here; the system follows it, a path without `..` would not.
  return { path: `${folder}${"/..".repeat(prefix.split("/").length)}`, folder: prefix };
}
