import { realpathSync } from "node:fs";
import { dirname, posix, relative } from "node:path";
import { CommitReader, type LoggedCommit } from "./commit-reader.ts";
import { findUp } from "./find-up.ts";
import { type Git, gitFailure, runGit } from "./git-command.ts";
import type { LastCommit } from "./port.ts";

/**
 * One walk from HEAD along first parents; a merge counts as the change against its first parent. So the commit found is
 * the one by which the change came into this line of history, nothing of the input changed from it to HEAD, and the
 * answer is the same in every clone of HEAD whatever the dates on side branches. Renames count as removed and added.
 * --no-relative, --ignore-submodules and the like stop a person's configuration from changing the answer.
 */
const LOG: readonly string[] = [
  // What -m shows of a merge is a person's to configure since git 2.32; before, --first-parent decides alone.
  "-c",
  "log.diffMerges=first-parent",
  "log",
  "--first-parent",
  "-m",
  "--name-only",
  "--no-renames",
  "-z",
  "--no-relative",
  "--no-show-signature",
  "--ignore-submodules=none",
  "--no-notes",
  "--format=%x00%H %ct %P",
  "HEAD",
];

/**
 * For each name, the last commit that touched one of its paths: a file, or anything below a folder. Paths are relative
 * to the tree's root. Names whose paths no commit touched are left out. Stops reading when all are found.
 * Throws TreeError GIT_OWNER and GIT_FAILED; the abort reason where `signal` is aborted.
 */
export async function lastCommits(
  git: Git,
  inputs: ReadonlyMap<string, readonly string[]>,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, LastCommit>> {
  const found = new Map<string, LastCommit>();
  const root = realpathSync(git.root);
  const marker = findUp(root, ".git");
  if (marker === undefined || inputs.size === 0) return found;
  const wanted = wantedPaths(inputs, relative(dirname(marker), root));
  const enough = new AbortController();
  const reader = new CommitReader((commit) => {
    for (const name of touched(commit, wanted)) {
      if (found.has(name)) continue;
      found.set(name, { sha: commit.sha, epoch: commit.epoch, boundary: commit.parents.length === 0 });
    }
    if (found.size === inputs.size) enough.abort();
  });
  const [log, shallow] = await Promise.all([
    runGit(git, LOG, {
      signal: signal === undefined ? enough.signal : AbortSignal.any([enough.signal, signal]),
      onStdoutBytes: (chunk) => reader.write(chunk),
    }),
    runGit(git, ["rev-parse", "--is-shallow-repository"]),
  ]);
  signal?.throwIfAborted();
  if (log.outcome === "not-found") return found;
  if (log.outcome === "ok") reader.end();
  else if (!enough.signal.aborted) throw gitFailure(git, log);
  const isShallow = shallow.stdout.trim() === "true";
  return new Map(
    [...found].map(([name, commit]) => [name, { ...commit, boundary: commit.boundary && isShallow }]),
  );
}

/** From each path at the top of the repository to the names that have it. */
function wantedPaths(
  inputs: ReadonlyMap<string, readonly string[]>,
  prefix: string,
): ReadonlyMap<string, readonly string[]> {
  const wanted = new Map<string, string[]>();
  for (const [name, paths] of inputs) {
    for (const path of paths) {
      const joined = posix.join(prefix, path).replace(/\/+$/, "");
      const full = joined === "." ? "" : joined;
      const names = wanted.get(full);
      if (names === undefined) wanted.set(full, [name]);
      else names.push(name);
    }
  }
  return wanted;
}

function touched(commit: LoggedCommit, wanted: ReadonlyMap<string, readonly string[]>): Set<string> {
  const names = new Set<string>();
  for (const path of commit.paths) {
    // The file itself, then each folder that it lies in, up to the top ("").
    for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/")))) {
      for (const name of wanted.get(place) ?? []) names.add(name);
      if (place === "") break;
    }
  }
  return names;
}
