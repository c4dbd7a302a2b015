import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { createMemoryTree } from "../../src/edge/tree/memory-tree.ts";
import type { WorkingTree } from "../../src/edge/tree/port.ts";
import { openWorkingTree } from "../../src/edge/tree/working-tree.ts";
import { createScriptedRunner } from "../kit/scripted-runner.ts";
import { put, scratch } from "./scratch.ts";

function realTree(): WorkingTree {
  const root = scratch();
  put(root, { "a/Dockerfile": "FROM x", "a/src/app.py": "print()", "b/other": "o" });
  mkdirSync(join(root, "a/empty"));
  symlinkSync("src/app.py", join(root, "a/link"));
  return openWorkingTree({ root, runner: createScriptedRunner([]), clock: Date.now });
}

function memoryTree(): WorkingTree {
  return createMemoryTree({
    files: {
      "a/Dockerfile": "FROM x",
      "a/src/app.py": { content: "print()", mode: 0o644 },
      "b/other": Buffer.from("o"),
      "a/empty": { directory: true },
      "a/link": { target: "src/app.py" },
    },
  });
}

describe.each([
  ["real", realTree],
  ["memory", memoryTree],
])("the %s tree", (_, open) => {
  test("lists a folder, relative or absolute, with types and modes", async () => {
    const tree = open();
    const listed = await tree.list("a");
    expect(
      listed.map(({ path, type, mode, size }) => [path, type, mode, type === "directory" ? 0 : size]),
    ).toEqual([
      ["Dockerfile", "file", 0o644, 6],
      ["empty", "directory", 0o755, 0],
      ["link", "symlink", 0o777, 10],
      ["src", "directory", 0o755, 0],
      ["src/app.py", "file", 0o644, 7],
    ]);
    expect((await tree.list(join(tree.root, "a"))).map(({ path }) => path)).toEqual(
      listed.map(({ path }) => path),
    );
    expect((await tree.list(".")).map(({ path }) => path)).toContain("b/other");
  });

  test("leaves out what the rules ignore, and keeps the folders of exceptions", async () => {
    const ignore = { ignores: (path: string) => path !== "src/app.py", prunes: () => false };
    expect((await open().list("a", { ignore })).map(({ path }) => path)).toEqual(["src", "src/app.py"]);
  });

  test("hashes files and links", async () => {
    const tree = open();
    expect(Object.fromEntries(await tree.hash("a", await tree.list("a")))).toEqual({
      Dockerfile: digestOf("FROM x"),
      link: digestOf("src/app.py"),
      "src/app.py": digestOf("print()"),
    });
  });

  test("reads a file, and says nothing for a missing one", async () => {
    const tree = open();
    expect(Buffer.from((await tree.read("a/Dockerfile"))!).toString()).toBe("FROM x");
    expect(await tree.read("a/missing")).toBeUndefined();
    expect(await tree.read("a/Dockerfile/below")).toBeUndefined();
  });

  test("has no git where there is none", async () => {
    const tree = open();
    expect(await tree.git()).toEqual({ kind: "none", why: "not-a-repository" });
    expect(await tree.lastCommits(new Map([["a", ["a"]]]))).toEqual(new Map());
  });
});

test("a file over the limit and a folder are refused", async () => {
  const tree = realTree();
  await expect(tree.read("a/Dockerfile", 5)).rejects.toMatchObject({ code: "TREE_TOO_BIG", exit: 2 });
  await expect(tree.read("a/src")).rejects.toMatchObject({ code: "TREE_UNREADABLE" });
});

test("a cache that cannot be kept does not fail a run", async () => {
  const root = scratch();
  put(root, { a: "x" });
  const cacheFile = join(root, "a/below");
  const clock = () => Date.now() + 10_000;
  const tree = openWorkingTree({ root, runner: createScriptedRunner([]), clock, cacheFile });
  await tree.hash(".", await tree.list("."));
  await expect(tree.saveHashes()).resolves.toBeUndefined();
});
