import { execFileSync } from "node:child_process";

/** Makes the folder a git repository where it is none, commits everything in it, and gives the commit's full name. */
export function commitFolder(folder: string, message: string, epochSeconds: number): string {
  const git = (...argv: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...argv], {
      env: gitEnvironment(epochSeconds),
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", message);
  return git("rev-parse", "HEAD");
}

/**
 * Git as if on a new machine: no configuration of the user's or the host's, and none of the GIT_* variables that a hook
 * would hand down (GIT_DIR would send the commit to another repository). Fixed names and times make fixed commit names.
 */
function gitEnvironment(epochSeconds: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const who = { NAME: "Fleet Generator", EMAIL: "generator@example.invalid", DATE: `${epochSeconds} +0000` };
  const people = ["AUTHOR", "COMMITTER"].flatMap((role) =>
    Object.entries(who).map(([field, value]) => [`GIT_${role}_${field}`, value]),
  );
  return {
    ...Object.fromEntries([...inherited, ...people]),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: "gc.auto",
    GIT_CONFIG_VALUE_0: "0",
    GIT_CONFIG_KEY_1: "commit.gpgSign",
    GIT_CONFIG_VALUE_1: "false",
  };
}
