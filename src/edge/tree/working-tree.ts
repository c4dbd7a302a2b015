import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Clock } from "../../core/base/clock.ts";
import { systemCode } from "../../core/base/system-code.ts";
import type { ProcessRunner } from "../process/port.ts";
import { TreeError } from "./error.ts";
import { createFileHasher } from "./file-hasher.ts";
import { readGitFacts } from "./git-facts.ts";
import { lastCommits } from "./last-commits.ts";
import { listFiles } from "./list-files.ts";
import type { WorkingTree } from "./port.ts";
import { stageFiles } from "./stage-files.ts";

const READ_LIMIT = 16 * 1024 * 1024;

export interface WorkingTreeOptions {
  /** Absolute: the folder of the blueprint. */
  readonly root: string;
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** Where digests are kept between runs (`stat-cache` in the fleet's state folder); nowhere without one. */
  readonly cacheFile?: string;
}

/** The real tree: the filesystem and the git that it finds. */
export function openWorkingTree(options: WorkingTreeOptions): WorkingTree {
  const { root, runner } = options;
  const hasher = createFileHasher(options);
  const git = { runner, root };
  return {
    root,
    // Async functions, so that what the synchronous readers throw becomes a rejection.
    list: async (folder, listing) => listFiles(resolve(root, folder), listing),
    read: async (path, limit) => readBounded(resolve(root, path), limit ?? READ_LIMIT),
    hash: (folder, entries, signal) => hasher.hash(resolve(root, folder), entries, signal),
    stage: (folder, entries, target) => stageFiles(entries, { from: resolve(root, folder), ...target }),
    saveHashes: () => hasher.save().catch(() => {}),
    git: (paths) => readGitFacts(git, paths),
    lastCommits: (inputs, signal) => lastCommits(git, inputs, signal),
  };
}

function readBounded(path: string, limit: number): Uint8Array | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    // A fifo would never end, and a folder has no bytes.
    if (!stats.isFile())
      throw new TreeError("TREE_UNREADABLE", `${path} is not a file`, { details: { path } });
    if (stats.size <= limit) return readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof TreeError) throw thrown;
    const code = systemCode(thrown);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new TreeError("TREE_UNREADABLE", `cannot read ${path}: ${code ?? String(thrown)}`, {
      cause: thrown,
      details: { path },
    });
  }
  throw new TreeError("TREE_TOO_BIG", `expected at most ${limit} bytes in ${path}`, { details: { path } });
}
