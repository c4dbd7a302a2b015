import { chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { readGitFacts } from "../../src/edge/tree/git-facts.ts";
import { createScriptedRunner } from "../kit/scripted-runner.ts";
import { commit, git, put, repository, scratch } from "./scratch.ts";

const quiet = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
const runner = createProcessRunner(quiet);
const facts = (root: string, paths?: readonly string[]) => readGitFacts({ runner, root }, paths);
const dirty = async (root: string, paths?: readonly string[]) => {
  const found = await facts(root, paths);
  return found.kind === "git" ? found.dirty.toSorted() : found;
};

describe("HEAD", () => {
  test("has its id, its short id as rev-parse gives it, and the committer's time", async () => {
    const root = repository();
    const head = commit(root, { a: "1" });
    expect(await facts(root)).toEqual({
      kind: "git",
      head,
      short: git(root, "rev-parse", "--short", "HEAD"),
      prefix: "",
      commitTime: Number(git(root, "log", "-1", "--format=%ct")),
      dirty: [],
      ignored: [],
      remoteUrl: undefined,
    });
  });

  test("honours core.abbrev", async () => {
    const root = repository();
    const head = commit(root, { a: "1" });
    git(root, "config", "core.abbrev", "12");
    expect(await facts(root)).toMatchObject({ short: head.slice(0, 12) });
  });

  test("is asked again where a commit comes between the two processes", async () => {
    const root = repository();
    const [old, now] = ["1".repeat(40), "2".repeat(40)];
    const heads = [old, now];
    const scripted = createScriptedRunner([
      { when: ["git", "status"], reply: { stdout: `# branch.oid ${now}\0` } },
      { when: ["git", "log"], reply: () => ({ stdout: `${heads.shift()} 2222222 5\n` }) },
      { when: ["git", "config"], reply: { exitCode: 1 } },
    ]);
    expect(await readGitFacts({ runner: scripted, root })).toMatchObject({ head: now });
    expect(scripted.calls).toHaveLength(6);
  });
});

describe("dirty paths", () => {
  test("are changed, staged, removed and untracked ones, not ignored ones", async () => {
    const root = repository();
    commit(root, { changed: "1", removed: "1", staged: "1", same: "1", ".gitignore": "ignored\n" });
    put(root, { changed: "2", staged: "2", "new/a": "", ignored: "" });
    git(root, "add", "staged");
    rmSync(join(root, "removed"));
    expect(await dirty(root)).toEqual(["changed", "new/", "removed", "staged"]);
  });

  test("are apart from ignored ones, of which a folder that is ignored as a whole stands for what is in it", async () => {
    const root = repository();
    commit(root, { "app/a": "1", ".gitignore": "*.bin\nbuilt/\n" });
    put(root, { "app/weights.bin": "", "app/built/deep/x": "", "app/new": "" });
    expect(await facts(root)).toMatchObject({
      dirty: ["app/new"],
      ignored: ["app/built/", "app/weights.bin"],
    });
    expect(await facts(join(root, "app"))).toMatchObject({ ignored: ["built/", "weights.bin"] });
  });

  test("are relative to a root below the top, and only those under the given paths", async () => {
    const top = repository();
    commit(top, { "fleet/one/a": "1", "fleet/two/a": "1", outside: "1" });
    put(top, { "fleet/one/a": "2", "fleet/two/a": "2", outside: "2" });
    const root = join(top, "fleet");
    expect(await dirty(root)).toEqual(["one/a", "two/a"]);
    expect(await dirty(root, ["two"])).toEqual(["two/a"]);
    expect(await dirty(root, ["../outside"])).toEqual(["../outside"]);
    expect(await facts(root)).toMatchObject({ prefix: "fleet" });
  });

  test("say . where the root itself is untracked", async () => {
    const top = repository();
    commit(top, { a: "1" });
    put(top, { "fleet/x": "1" });
    expect(await dirty(join(top, "fleet"))).toEqual(["."]);
  });

  test("keep odd names: spaces, newlines, quotes, pathspec magic, a leading dash", async () => {
    const root = repository();
    commit(root, { a: "1" });
    const odd = ["a b", "new\nline", 'quo"te', ":(glob)*", "-dash", "é", "a -> b"];
    put(root, Object.fromEntries(odd.map((name) => [name, ""])));
    expect(await dirty(root)).toEqual(odd.toSorted());
    expect(await dirty(root, [":(glob)*"])).toEqual([":(glob)*"]);
  });

  test("a merge in conflict is dirty", async () => {
    const root = repository();
    commit(root, { a: "1" });
    git(root, "checkout", "-q", "-b", "side");
    commit(root, { a: "2" });
    git(root, "checkout", "-q", "main");
    commit(root, { a: "3" });
    expect(() => git(root, "merge", "side")).toThrow("merge");
    expect(await dirty(root)).toEqual(["a"]);
  });
});

describe("the remote", () => {
  test.each([
    ["https://user:token@example.org/o/r.git", "https://example.org/o/r.git"],
    ["https://token@example.org/o/r.git?x=token#y", "https://example.org/o/r.git"],
    ["ssh://git:pass@example.org:22/o/r.git", "ssh://git@example.org:22/o/r.git"],
    ["git@example.org:o/r.git", "git@example.org:o/r.git"],
    ["/srv/git/r.git", undefined],
    ["file:///srv/git/r.git", undefined],
    ["../r.git", undefined],
  ])("%s is shown as %s", async (url, shown) => {
    const root = repository();
    commit(root, { a: "1" });
    git(root, "remote", "add", "other", "https://example.org/other.git");
    git(root, "remote", "add", "origin", url);
    expect(await facts(root)).toMatchObject({ remoteUrl: shown });
  });
});

describe("kinds of repositories", () => {
  test("none at all starts no process", async () => {
    const scripted = createScriptedRunner([]);
    expect(await readGitFacts({ runner: scripted, root: scratch() })).toEqual({
      kind: "none",
      why: "not-a-repository",
    });
  });

  test("no git program", async () => {
    const scripted = createScriptedRunner([
      { when: ["git"], reply: { outcome: "not-found", exitCode: undefined } },
    ]);
    expect(await readGitFacts({ runner: scripted, root: repository() })).toEqual({
      kind: "none",
      why: "no-git",
    });
  });

  test("no commit yet", async () => {
    const root = repository();
    put(root, { a: "" });
    expect(await facts(root)).toEqual({ kind: "none", why: "no-commit" });
  });

  test("a work tree of its own, a shallow clone, a detached HEAD", async () => {
    const root = repository();
    commit(root, { a: "1" });
    const head = commit(root, { a: "2" });
    const other = scratch();
    git(root, "worktree", "add", "-q", "--detach", join(other, "tree"));
    git(other, "clone", "-q", "--depth=1", `file://${root}`, "shallow");
    for (const name of ["tree", "shallow"]) {
      expect(await facts(join(other, name))).toMatchObject({ kind: "git", head, dirty: [] });
    }
  });

  test("variables that a hook sets do not lead elsewhere", async () => {
    const root = repository();
    const head = commit(root, { a: "1" });
    const inHook = createProcessRunner({ ...quiet, GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere/index" });
    expect(await readGitFacts({ runner: inHook, root })).toMatchObject({ head, dirty: [] });
  });

  test.runIf(process.geteuid?.() === 0)(
    "a repository of another user is refused with the remedy",
    async () => {
      const root = repository();
      commit(root, { a: "1" });
      chownSync(root, 12345, 12345);
      chownSync(join(root, ".git"), 12345, 12345);
      // A folder of its own as HOME: git's answer must not depend on whose machine this is.
      const stranger = createProcessRunner({ ...quiet, HOME: scratch(), SUDO_UID: undefined });
      await expect(readGitFacts({ runner: stranger, root })).rejects.toMatchObject({
        code: "GIT_OWNER",
        exit: 3,
        hint: expect.stringContaining("safe.directory"),
      });
    },
  );

  test("a damaged repository is an error that quotes git", async () => {
    const root = scratch();
    mkdirSync(join(root, ".git"));
    await expect(facts(root)).rejects.toMatchObject({ code: "GIT_FAILED" });
  });
});
