import { lstatSync } from "node:fs";
import type { Command, ProcessRecord, ProcessRunner } from "../process/port.ts";
import { TreeError } from "./error.ts";
import { findUp } from "./find-up.ts";

/** A hook runs us with these set, and they would point git at another repository than the tree's. */
const REPOSITORY_VARIABLES = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
] as const;

const ENVIRONMENT: Readonly<Record<string, string | undefined>> = {
  ...Object.fromEntries(REPOSITORY_VARIABLES.map((name) => [name, undefined])),
  LC_ALL: "C",
  // Reading must not take the index lock from a person's own git.
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
  GIT_LITERAL_PATHSPECS: "1",
};

export interface Git {
  readonly runner: ProcessRunner;
  /** The tree's root, absolute. */
  readonly root: string;
}

/** Runs git in the tree; the caller judges the record. */
export function runGit(
  git: Git,
  args: readonly string[],
  options: Pick<Command, "signal" | "stdin" | "onStdoutBytes"> = {},
): Promise<ProcessRecord> {
  return git.runner.run({ ...options, argv: ["git", ...args], cwd: git.root, env: ENVIRONMENT });
}

/** What a failed git command means: an error to throw. */
export function gitFailure(git: Git, record: ProcessRecord): TreeError {
  const last = record.stderr.trim().split("\n").at(-1) ?? "";
  const why = last === "" ? `${record.outcome}, exit ${record.exitCode ?? "none"}` : last;
  const owner = foreignOwner(git.root);
  if (owner !== undefined) {
    const whose = `it belongs to user ${owner.uid}, not to us`;
    return new TreeError("GIT_OWNER", `git refuses ${owner.folder}: ${whose} (${why})`, {
      hint: `git config --global --add safe.directory ${owner.folder}`,
      details: { stderr: record.stderr.slice(-2000) },
    });
  }
  return new TreeError("GIT_FAILED", `git failed in ${git.root}: ${why}`, {
    hint: `run \`git -C ${git.root} status\` and mend what it says`,
    details: { argv: record.argv, exitCode: record.exitCode, stderr: record.stderr.slice(-2000) },
  });
}

/** The repository's folder and owner where git's check of ownership (safe.directory) fails, by the facts it looks at. */
function foreignOwner(root: string): { readonly folder: string; readonly uid: number } | undefined {
  const marker = findUp(root, ".git");
  const me = process.geteuid?.();
  if (marker === undefined || me === undefined) return undefined;
  const folder = marker.slice(0, -"/.git".length) || "/";
  const uids = [folder, marker].map((path) => lstatSync(path).uid);
  const uid = uids.find((owner) => owner !== me);
  return uid === undefined ? undefined : { folder, uid };
}
