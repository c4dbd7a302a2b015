import { realpathSync } from "node:fs";
import { dirname, relative } from "node:path";
import { findUp } from "./find-up.ts";
import { type Git, gitFailure, runGit } from "./git-command.ts";
import type { GitFacts } from "./port.ts";
import { pickRemoteUrl } from "./remote-url.ts";
import { parseStatus } from "./status-records.ts";

/** `status` and `log` are two processes: a commit between them gives two HEADs, and they are asked again. */
const TRIES = 5;

const STATUS = [
  "status",
  "--porcelain=v2",
  "--branch",
  "-z",
  "--no-renames",
  "--untracked-files=normal",
  "--ignored=matching",
];
const HEAD = ["log", "-1", "--no-show-signature", "--format=%H %h %ct"];
const REMOTES = ["config", "-z", "--get-regexp", "^remote\\..*\\.url$"];

/**
 * What git says of the tree: three processes side by side (about 10 ms), none where no `.git` is above the root.
 * `paths` (relative to the root) bounds what counts as dirty.
 * Throws TreeError GIT_OWNER (safe.directory) and GIT_FAILED.
 */
export async function readGitFacts(git: Git, paths: readonly string[] = []): Promise<GitFacts> {
  const root = realpathSync(git.root);
  const marker = findUp(root, ".git");
  if (marker === undefined) return { kind: "none", why: "not-a-repository" };
  const prefix = relative(dirname(marker), root);
  const wanted = paths.length === 0 ? ["."] : paths;
  for (let attempt = 1; ; attempt++) {
    const [status, head, remotes] = await Promise.all([
      runGit(git, [...STATUS, "--", ...wanted]),
      runGit(git, HEAD),
      runGit(git, REMOTES),
    ]);
    if (status.outcome === "not-found") return { kind: "none", why: "no-git" };
    if (status.outcome !== "ok") throw gitFailure(git, status);
    const seen = parseStatus(
      status.truncated ? status.stdout.slice(status.stdout.indexOf("\0") + 1) : status.stdout,
    );
    if (seen.head === undefined && status.truncated !== true) return { kind: "none", why: "no-commit" };
    if (head.outcome !== "ok") throw gitFailure(git, head);
    const [sha = "", short = "", time = ""] = head.stdout.trim().split(" ");
    if (seen.head !== undefined && seen.head !== sha && attempt < TRIES) continue;
    return {
      kind: "git",
      head: sha,
      short,
      prefix,
      commitTime: Number(time),
      dirty: seen.paths.map((path) => fromRoot(path, prefix)),
      ignored: seen.ignored.map((path) => fromRoot(path, prefix)),
      remoteUrl: remotes.outcome === "ok" ? pickRemoteUrl(remotes.stdout) : undefined,
    };
  }
}

/** git's paths start at the top of the repository, ours at the tree's root, which may lie deeper. */
function fromRoot(path: string, prefix: string): string {
  if (prefix === "") return path;
  if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length + 1) || ".";
  // An untracked folder above the root stands for the root as a whole.
  return `${prefix}/`.startsWith(path) ? "." : relative(prefix, path);
}
