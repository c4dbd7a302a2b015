import { expect, test } from "vitest";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { openGitNotes } from "../../src/edge/tree/git-notes.ts";
import { commit, git, repository, scratch } from "./scratch.ts";

const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example",
};
const notesOf = (root: string, variables = {}) =>
  openGitNotes({ runner: createProcessRunner({ ...env, ...variables }), root });

test("there are none outside git, and none before the first", async () => {
  expect(await notesOf(scratch()).read()).toEqual([]);
  const root = repository();
  expect(await notesOf(root).read()).toEqual([]);
  commit(root, { a: "1" });
  expect(await notesOf(root).read()).toEqual([]);
});

test("what is appended stands on HEAD, paragraph after paragraph; neither HEAD nor the tree moves", async () => {
  const root = repository();
  const first = commit(root, { a: "1" });
  expect(await notesOf(root).append("one é\n")).toBe(first);
  await notesOf(root).append("two\n");
  const second = commit(root, { a: "2" });
  expect(await notesOf(root).append("three\n")).toBe(second);
  const notes = await notesOf(root).read();
  expect(new Map(notes.map(({ commit, text }) => [commit, text]))).toEqual(
    new Map([
      [first, "one é\n\ntwo\n"],
      [second, "three\n"],
    ]),
  );
  expect(git(root, "rev-parse", "HEAD")).toBe(second);
  expect(git(root, "status", "--porcelain")).toBe("");
});

test("a person's own notes and GIT_NOTES_REF are left alone", async () => {
  const root = repository();
  commit(root, { a: "1" });
  const mine = notesOf(root, { GIT_NOTES_REF: "refs/notes/other" });
  await mine.append("ours\n");
  git(root, "notes", "add", "-m", "theirs");
  expect((await mine.read()).map(({ text }) => text)).toEqual(["ours\n"]);
  expect(git(root, "notes", "show")).toBe("theirs");
});

test("git's refusals are errors with what git said", async () => {
  const root = repository();
  // No commit to put it on.
  await expect(notesOf(root).append("x")).rejects.toMatchObject({ code: "GIT_FAILED", exit: 3 });
  await expect(notesOf(scratch()).append("x")).rejects.toMatchObject({ code: "GIT_FAILED" });
});
