import { rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";
import { CommitReader, type LoggedCommit } from "../../src/edge/tree/commit-reader.ts";
import { lastCommits } from "../../src/edge/tree/last-commits.ts";
import { commit, git, repository, scratch } from "./scratch.ts";

const quiet = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
const runner = createProcessRunner(quiet);

async function shas(root: string, inputs: Readonly<Record<string, readonly string[]>>) {
  const found = await lastCommits({ runner, root }, new Map(Object.entries(inputs)));
  return Object.fromEntries([...found].map(([name, { sha }]) => [name, sha]));
}

describe("the last commit of inputs", () => {
  test("is the newest that touched one of the paths, files or folders", async () => {
    const root = repository();
    const first = commit(root, { "one/a": "1", "two/a": "1", "two-b/a": "1", shared: "1" });
    const second = commit(root, { "two/a": "2" });
    const third = commit(root, { shared: "2" });
    git(root, "commit", "-q", "--allow-empty", "-m", "empty");
    expect(
      await shas(root, { one: ["one"], two: ["./two/"], both: ["two/a", "shared"], b: ["two-b"] }),
    ).toEqual({
      one: first,
      two: second,
      both: third,
      b: first,
    });
  });

  test("has the committer's time", async () => {
    const root = repository();
    commit(root, { a: "1" });
    const found = await lastCommits({ runner, root }, new Map([["a", ["a"]]]));
    expect(found.get("a")).toMatchObject({
      epoch: Number(git(root, "log", "-1", "--format=%ct")),
      boundary: false,
    });
  });

  test("leaves out what no commit has", async () => {
    const root = repository();
    const sha = commit(root, { a: "1" });
    expect(await shas(root, { a: ["a"], untracked: ["b"] })).toEqual({ a: sha });
  });

  test("counts a removal in a folder, and both sides of a rename", async () => {
    const root = repository();
    commit(root, { "one/a": "1", "one/b": "1", "two/c": "same content", "three/x": "1" });
    rmSync(join(root, "one/b"));
    const removal = commit(root, {});
    git(root, "mv", "two/c", "three/c");
    const rename = commit(root, {});
    expect(await shas(root, { one: ["one"], two: ["two"], three: ["three"] })).toEqual({
      one: removal,
      two: rename,
      three: rename,
    });
  });

  test("is the merge, for what a side branch brought in", async () => {
    const root = repository();
    const first = commit(root, { main: "1", side: "1" });
    git(root, "checkout", "-q", "-b", "branch");
    commit(root, { side: "2" });
    git(root, "checkout", "-q", "main");
    commit(root, { other: "1" });
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "branch");
    const merge = git(root, "rev-parse", "HEAD");
    expect(await shas(root, { main: ["main"], side: ["side"] })).toEqual({ main: first, side: merge });
  });

  test("is not moved by a side branch whose change the merge threw away", async () => {
    const root = repository();
    const first = commit(root, { a: "1" });
    git(root, "checkout", "-q", "-b", "branch");
    commit(root, { a: "2" });
    git(root, "checkout", "-q", "main");
    git(root, "merge", "-q", "-s", "ours", "-m", "merge", "branch");
    expect(await shas(root, { a: ["a"] })).toEqual({ a: first });
  });

  test("finds what only a merge itself changed", async () => {
    const root = repository();
    commit(root, { a: "1" });
    git(root, "checkout", "-q", "-b", "branch");
    commit(root, { b: "1" });
    git(root, "checkout", "-q", "main");
    git(root, "merge", "-q", "--no-ff", "--no-commit", "branch");
    const merge = commit(root, { a: "evil" });
    expect(await shas(root, { a: ["a"] })).toEqual({ a: merge });
  });

  test("works below the top of the repository, and for odd names", async () => {
    const top = repository();
    const odd = ["new\nline", "é ü", "\u0001", ":(top)x", "commit abc"];
    const first = commit(top, Object.fromEntries(odd.map((name) => [`fleet/${name}`, "1"])));
    const second = commit(top, { outside: "1", "fleet/last": "1" });
    const root = join(top, "fleet");
    expect(await shas(root, Object.fromEntries(odd.map((name) => [name, [name]])))).toEqual(
      Object.fromEntries(odd.map((name) => [name, first])),
    );
    expect(await shas(root, { all: ["."], out: ["../outside"] })).toEqual({ all: second, out: second });
  });

  test("does not depend on a person's configuration", async () => {
    const root = repository();
    commit(root, { a: "1" });
    git(root, "checkout", "-q", "-b", "branch");
    commit(root, { side: "1" });
    git(root, "checkout", "-q", "main");
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "branch");
    const merge = git(root, "rev-parse", "HEAD");
    git(root, "mv", "a", "b");
    const rename = commit(root, {});
    for (const [key, value] of [
      ["diff.renames", "copies"],
      ["diff.relative", "true"],
      ["log.showSignature", "true"],
      ["log.date", "relative"],
      ["format.pretty", "oneline"],
      ["diff.noprefix", "true"],
      ["log.decorate", "full"],
    ] as const) {
      git(root, "config", key, value);
    }
    for (const format of ["off", "separate", "combined", "first-parent"]) {
      git(root, "config", "log.diffMerges", format);
      expect(await shas(root, { a: ["a"], b: ["b"], side: ["side"] })).toEqual({
        a: rename,
        b: rename,
        side: merge,
      });
    }
  });

  test("says where a shallow clone ends the history", async () => {
    const root = repository();
    commit(root, { a: "1", b: "1" });
    const second = commit(root, { b: "2" });
    const third = commit(root, { b: "3" });
    const clones = scratch();
    git(clones, "clone", "-q", "--depth=2", `file://${root}`, "shallow");
    const found = await lastCommits(
      { runner, root: join(clones, "shallow") },
      new Map([
        ["a", ["a"]],
        ["b", ["b"]],
      ]),
    );
    expect(found.get("a")).toMatchObject({ sha: second, boundary: true });
    expect(found.get("b")).toMatchObject({ sha: third, boundary: false });
  });

  test("stops reading when all are found: a long history costs nothing", async () => {
    const root = repository();
    const stream = Array.from({ length: 20_000 }, (_, n) => {
      const path = `f${n % 50}`;
      const from = n === 0 ? "" : `from :${n}\n`;
      return `commit refs/heads/main\nmark :${n + 1}\ncommitter a <a@b> ${1_600_000_000 + n} +0000\ndata 1\nx\n${from}M 644 inline ${path}\ndata ${String(n).length}\n${n}\n`;
    }).join("");
    const record = await runner.run({ argv: ["git", "fast-import", "--quiet"], cwd: root, stdin: stream });
    expect(record.outcome).toBe("ok");
    const names = new Map(Array.from({ length: 50 }, (_, n) => [`i${n}`, [`f${n}`]]));
    const started = performance.now();
    const found = await lastCommits({ runner, root }, names);
    const early = performance.now() - started;
    expect(found.size).toBe(50);
    names.set("never", ["no-such-file"]);
    const again = performance.now();
    expect((await lastCommits({ runner, root }, names)).size).toBe(50);
    expect(early).toBeLessThan(performance.now() - again);
  });

  test("fails for a repository without commits, and not without git", async () => {
    const root = repository();
    await expect(shas(root, { a: ["a"] })).rejects.toMatchObject({ code: "GIT_FAILED" });
    expect(await shas(scratch(), { a: ["a"] })).toEqual({});
  });
});

describe("the reader of git's log", () => {
  test("gives the same commits however the bytes are cut", () => {
    const log = `\0${"a".repeat(40)} 5 ${"b".repeat(40)}\0\nx\0\u0001é\0\0${"b".repeat(40)} 4 \0\0${"c".repeat(40)} 3 \0\n\ny\0`;
    const read = (chunks: readonly Uint8Array[]) => {
      const commits: LoggedCommit[] = [];
      const reader = new CommitReader((commit) => commits.push(commit));
      for (const chunk of chunks) reader.write(chunk);
      reader.end();
      return commits;
    };
    const bytes = Buffer.from(log);
    const whole = read([bytes]);
    expect(whole).toEqual([
      { sha: "a".repeat(40), epoch: 5, parents: ["b".repeat(40)], paths: ["x", "\u0001é"] },
      { sha: "b".repeat(40), epoch: 4, parents: [], paths: [] },
      { sha: "c".repeat(40), epoch: 3, parents: [], paths: ["\ny"] },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const ends = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        expect(read(ends.slice(1).map((end, index) => bytes.subarray(ends[index], end)))).toEqual(whole);
      }),
    );
  });
});
